"""`loket seed`: a believable town of demo data and an hour of traffic, in the Loket that runs here."""

from importlib import import_module
from typing import Annotated

import typer

from embedded.addresses import settings_here

FEWEST, MOST = 20, 5000


def seed(
    tickets: Annotated[int, typer.Option(help="How many tickets.", min=FEWEST, max=MOST)] = 300,
    number: Annotated[int, typer.Option("--seed", help="Another number gives another town.")] = 1,
    *,
    more: Annotated[bool, typer.Option("--more", help="Add to the town that is there already.")] = False,
) -> None:
    """Fill a believable town: customers, tickets in all states, four languages, and an hour of traffic.

    It goes into the Loket that runs on this machine, or the one whose databases are named in the environment.
    """
    settings = settings_here()
    # Named, not imported: every service is started by this program, and none of them needs a town in its memory.
    raise typer.Exit(import_module("embedded.town.seeding").seed(settings, tickets, number, is_more=more))

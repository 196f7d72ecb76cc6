"""`loket seed`: a believable town of demo data and an hour of traffic, in the Loket that runs here."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from common.db import Database, is_transient
from common.errors import Unavailable
from common.settings import BadSetting, Settings
from embedded.addresses import settings_here
from embedded.services import NAMES
from embedded.town.filling import Portion, behind, fill
from embedded.town.story import Story

FEWEST, MOST = 20, 5000
LOOK_EVERY_SECONDS = 0.2
LONGEST_SILENCE_SECONDS = 20.0


def seed(
    tickets: Annotated[int, typer.Option(help="How many tickets.", min=FEWEST, max=MOST)] = 300,
    number: Annotated[int, typer.Option("--seed", help="Another number gives another town.")] = 1,
    *,
    more: Annotated[bool, typer.Option("--more", help="Add to the town that is there already.")] = False,
) -> None:
    """Fill a believable town: customers, tickets in all states, four languages, and an hour of traffic.

    Into the Loket that `make run` runs on this machine, or the one whose databases are named in the environment.
    """
    settings = settings_here()
    console = Console()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        stories = asyncio.run(_fill(settings, Portion(tickets, number, more), progress))
    _report(stories, settings, console)


async def _fill(settings: Settings, portion: Portion, progress: Progress) -> list[Story]:
    databases = {name: Database(settings.database_of(name), pool_size=2) for name in NAMES}
    telling = progress.add_task("Telling what happened", total=portion.tickets)

    async def arrived(ticket_ids: Sequence[UUID]) -> None:
        await _arrived(databases, ticket_ids, progress)

    try:
        stories = await fill(databases, portion, arrived, lambda n: progress.advance(telling, n))
        await arrived([story.ticket_id for story in stories if story.ticket_id])
    except Exception as error:
        if is_transient(error):
            raise BadSetting("The databases of this Loket do not answer: start it with make run.") from error
        raise
    finally:
        for database in databases.values():
            await database.close()
    return stories


async def _arrived(databases: Mapping[str, Database], ticket_ids: Sequence[UUID], progress: Progress) -> None:
    """Return when every service has heard everything about these tickets. Raises Unavailable when they stopped."""
    clock = asyncio.get_running_loop().time
    least = left = await behind(databases, ticket_ids)
    hearing = progress.add_task("Letting the services hear of it", total=least)
    moved_at = clock()
    while left:
        if clock() > moved_at + LONGEST_SILENCE_SECONDS:
            raise Unavailable(
                "The town is stored, but no service hears of it: start Loket with make run, and it arrives."
            )
        await asyncio.sleep(LOOK_EVERY_SECONDS)
        left = await behind(databases, ticket_ids)
        if left < least:
            least, moved_at = left, clock()
            progress.update(hearing, completed=(progress.tasks[hearing].total or 0) - left)


def _report(stories: Sequence[Story], settings: Settings, console: Console) -> None:
    told = [story for story in stories if story.is_told]
    ends = Counter(story.plot.ends.value.replace("_", " ") for story in told)
    people = len({story.resident.email for story in told})
    console.print(
        f"{len(told)} tickets of {people} customers: " + ", ".join(f"{n} {end}" for end, n in ends.most_common())
    )
    console.print(f"See them at {settings.public_url}/desk", soft_wrap=True)
    if len(told) < len(stories):
        console.print(f"{len(stories) - len(told)} could not be told to the end; loket dead list says why.")
        raise typer.Exit(1)

"""`loket decide`: decisions made again from what was stored with them."""

import asyncio
import json
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from embedded.users import in_routing
from routing.replaying import Replayed, replayed

DIFFERENT = 1


def decide(
    *,
    replay: Annotated[str, typer.Option(help="The reference of a ticket, with or without its dashes.")],
    as_json: Annotated[bool, typer.Option("--json", help="One object a line for each decision.")] = False,
) -> None:
    """Make every decision about a ticket again, and show it beside the stored one; exit 1 when one differs."""
    found = asyncio.run(in_routing(lambda session: replayed(session, replay)))
    sys.stdout.writelines(_lines(found) if as_json else _words(found))
    if not all(each.is_same for each in found):
        raise typer.Exit(DIFFERENT)


def _lines(found: Sequence[Replayed]) -> list[str]:
    return [
        json.dumps(
            {
                "about": each.about,
                "decided_at": each.decided_at.isoformat(),
                "same": None if each.thinned_at else each.is_same,
                "thinned_at": each.thinned_at.isoformat() if each.thinned_at else None,
                "stored": each.stored,
                "computed": each.computed,
            }
        )
        + "\n"
        for each in found
    ]


def _words(found: Sequence[Replayed]) -> list[str]:
    return [_removed(each) if each.thinned_at else _both(each) for each in found]


def _both(each: Replayed) -> str:
    return (
        f"{each.about}, {each.decided_at.isoformat()}: {'the same' if each.is_same else 'DIFFERENT'}\n"
        f"  stored    {json.dumps(each.stored, sort_keys=True)}\n"
        f"  computed  {json.dumps(each.computed, sort_keys=True)}\n"
    )


def _removed(each: Replayed) -> str:
    return (
        f"{each.about}, {each.decided_at.isoformat()}: what it went by was removed on {each.thinned_at:%Y-%m-%d},"
        " when it had been kept for LOKET_DECISION_DAYS days, so it cannot be made again.\n"
        f"  stored    {json.dumps(each.stored, sort_keys=True)}\n"
    )

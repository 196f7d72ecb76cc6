"""Seeding from the command line: the town filled while a person watches, and waited for until everybody heard of it."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from common.db import DATABASE_ERRORS, Database, is_transient
from common.errors import Unavailable
from common.settings import BadSetting, Settings
from embedded.composition import NAMES
from embedded.town.filling import Portion, Watch, behind, fill
from embedded.town.story import Story

LOOK_EVERY_SECONDS = 0.2
LONGEST_SILENCE_SECONDS = 20.0


def seed(settings: Settings, tickets: int, number: int, *, is_more: bool) -> int:
    """Fill the town and say what is in it; the exit code. Raises what `fill` raises, BadSetting and Unavailable."""
    console = Console()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    portion = Portion(tickets, number, is_more)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        stories = asyncio.run(_fill(settings, portion, _on(progress)))
    told = [story for story in stories if story.is_told]
    ends = Counter(story.plot.ends.value.replace("_", " ") for story in told)
    people = len({story.resident.email for story in told})
    counts = ", ".join(f"{n} {end}" for end, n in ends.most_common())
    console.print(f"{len(told)} tickets of {people} customers: {counts}.", soft_wrap=True)
    console.print(f"See them at {settings.public_url}/desk", soft_wrap=True)
    if len(told) < len(stories):
        console.print(f"{len(stories) - len(told)} could not be told to the end; loket dead list says why.")
        return 1
    return 0


def _on(progress: Progress) -> Watch:
    """A bar for each thing that is done."""
    bars: dict[str, TaskID] = {}

    def watch(what: str, done: int, total: int) -> None:
        if what not in bars:
            bars[what] = progress.add_task(what)
        progress.update(bars[what], completed=done, total=total)

    return watch


async def _fill(settings: Settings, portion: Portion, watch: Watch) -> list[Story]:
    databases = {name: Database(settings.database_of(name), pool_size=2) for name in NAMES}

    async def arrived(ticket_ids: Sequence[UUID]) -> None:
        await _arrived(databases, ticket_ids, watch)

    try:
        stories = await fill(databases, portion, arrived, watch)
        await arrived([story.ticket_id for story in stories if story.ticket_id])
    except DATABASE_ERRORS as error:
        if is_transient(error):
            raise BadSetting("The databases of this Loket do not answer: start it with make run.") from error
        raise
    finally:
        for database in databases.values():
            await database.close()
    return stories


async def _arrived(databases: Mapping[str, Database], ticket_ids: Sequence[UUID], watch: Watch) -> None:
    """Return when every service has heard everything about these tickets. Raises Unavailable when they stopped."""
    clock = asyncio.get_running_loop().time
    first = least = await behind(databases, ticket_ids)
    moved_at = clock()
    while left := await behind(databases, ticket_ids):
        if left < least:
            least, moved_at = left, clock()
            watch("Letting the services hear of it", first - left, first)
        elif clock() > moved_at + LONGEST_SILENCE_SECONDS:
            raise Unavailable("The town is stored, but the services do not hear of it: start Loket and they will.")
        await asyncio.sleep(LOOK_EVERY_SECONDS)

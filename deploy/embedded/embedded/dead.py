"""`loket dead`: events that nobody could handle, for a person to replay or discard."""

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncSession

from common import parked
from common.clock import now
from common.db import Database
from common.errors import NotFound
from embedded.addresses import settings_here
from embedded.composition import NAMES

app = typer.Typer(no_args_is_help=True, help="Events nobody could handle: list, replay, discard.")
T = TypeVar("T")
LetterId = Annotated[UUID, typer.Argument(help="The letter's id, or its event id.")]


@app.command("list")
def show(
    *,
    trace: Annotated[bool, typer.Option(help="Show where each one failed.")] = False,
) -> None:
    """List the dead letters of every service; exit code 1 when there are any."""
    letters = asyncio.run(_everywhere(parked.dead_letters))
    table = Table("service", "id", "type", "version", "problem", "fault", "tries", "behind", "since")
    for service, found in letters:
        for letter in found:
            problem = f"{letter.problem}\n{letter.traceback or ''}" if trace else letter.problem
            since = letter.dead_at.strftime("%Y-%m-%d %H:%M")
            numbers = (
                str(letter.version or "-"),
                problem,
                letter.fingerprint,
                str(letter.attempts),
                str(letter.behind),
            )
            table.add_row(service, str(letter.parked_id), letter.type or "-", *numbers, since)
    count = sum(len(found) for _, found in letters)
    Console().print(table if count else "No dead letters.")
    raise typer.Exit(1 if count else 0)


@app.command()
def replay(letter_id: LetterId) -> None:
    """Let a dead letter be handled again, under its old event id."""
    asyncio.run(_where_found(lambda session: parked.replay(session, letter_id, now())))
    Console().print("It will be handled again within a second.")


@app.command()
def discard(letter_id: LetterId) -> None:
    """Give a dead letter up; later events of its ticket go on. Who did so is kept."""
    actor = f"command line ({getpass.getuser()})"
    asyncio.run(_where_found(lambda session: parked.discard(session, letter_id, actor, now())))
    Console().print("Discarded.")


async def _everywhere(read: Callable[[AsyncSession], Awaitable[T]]) -> list[tuple[str, T]]:
    """What each service's database answers."""
    settings = settings_here()
    answers = []
    for name in NAMES:
        database = Database(settings.database_of(name), pool_size=2)
        async with database.reading() as session:
            answers.append((name, await read(session)))
        await database.close()
    return answers


async def _where_found(act: Callable[[AsyncSession], Awaitable[None]]) -> None:
    """Do it in the first database that has the letter. Raises NotFound when none has."""
    settings = settings_here()
    for name in NAMES:
        database = Database(settings.database_of(name), pool_size=2)
        try:
            async with database.transaction() as session:
                await act(session)
        except NotFound:
            continue
        finally:
            await database.close()
        return
    raise NotFound("There is no such dead letter.")

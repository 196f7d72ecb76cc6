"""`loket model`: the versions of the classifier: list, try, promote and roll back."""

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.db import Database
from embedded.addresses import settings_here
from intake import model_queries, models, nights
from intake.model_queries import Overview
from intake.model_rows import ModelVersion
from intake.models import By

app = typer.Typer(no_args_is_help=True, help="Versions of the classifier: list, shadow, promote, rollback.")
T = TypeVar("T")
Name = Annotated[str, typer.Argument(help="The version's name, or how it ends.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; it is kept in the history.")]
COLUMNS = ("version", "made", "by", "corrections", "agents", "macro-F1", "T recall", "foreseen", "state")


@app.command("list")
def show() -> None:
    """List the versions with their figures (shipped model → version, whole judgement), and what was done with them."""
    asyncio.run(_with_database(_show))


@app.command()
def shadow(name: Name, reason: Reason = "") -> None:
    """Let a version judge along on live traffic; what it says is kept beside and never used."""
    asyncio.run(_in_transaction(lambda session: _shadow(session, name, reason)))
    Console().print("It looks on from now on.")


@app.command()
def promote(name: Name, reason: Reason = "") -> None:
    """Let a version judge; running services follow within seconds. Refused when it fell short."""
    asyncio.run(_in_transaction(lambda session: _promote(session, name, reason)))
    Console().print("It judges from now on; running services follow within seconds.")


@app.command()
def rollback(reason: Reason = "") -> None:
    """Let what judged before judge again; nothing is promoted by itself until somebody promotes."""
    before = asyncio.run(_in_transaction(lambda session: models.roll_back(session, _by(reason))))
    Console().print(
        f"{before.name if before else 'The shipped model'} judges again; running services follow within seconds."
    )


def learn() -> ModelVersion | None:
    """What `loket train --corrections` makes: the candidate of the lessons so far; None when they are too few."""
    return asyncio.run(_with_database(lambda database: nights.refit(database, _by(""))))


def _by(reason: str) -> By:
    return By(f"command line ({getpass.getuser()})", now(), reason)


async def _shadow(session: AsyncSession, name: str, reason: str) -> None:
    await models.shadow(session, await models.named(session, name), _by(reason))


async def _promote(session: AsyncSession, name: str, reason: str) -> None:
    await models.promote(session, await models.named(session, name), _by(reason))


async def _show(database: Database) -> None:
    async with database.reading() as session:
        overview = await model_queries.overview(session)
    table = Table(*COLUMNS)
    for version in overview.versions:
        made = version.made_at.strftime("%Y-%m-%d %H:%M")
        counts = (str(version.corrections), str(version.agents))
        table.add_row(version.name, made, version.made_by, *counts, *_figures(version), _state(version, overview))
    Console().print(table if overview.versions else "No version yet: the shipped model judges.")
    for done in reversed(overview.history):
        at = done.act.acted_at.strftime("%Y-%m-%d %H:%M")
        Console().print(
            f"{at}  {done.act.act:12} {done.name or 'the shipped model'}  {done.act.actor}  {done.act.reason}"
        )


def _figures(version: ModelVersion) -> tuple[str, str, str]:
    """Macro-F1, recall of technical work, and unseen corrections: the shipped model's and the version's."""
    figures = version.figures.get("full") or version.figures.get("fast")
    if not figures:
        return "", "", ""
    shipped, candidate = figures["shipped"], figures["candidate"]
    return (
        f"{shipped['macro_f1']:.3f} → {candidate['macro_f1']:.3f}",
        f"{shipped['technical_recall']:.3f} → {candidate['technical_recall']:.3f}",
        f"{figures['shipped_on_corrections']:.3f} → {figures['candidate_on_unseen_corrections']:.3f}",
    )


def _state(version: ModelVersion, overview: Overview) -> str:
    if overview.live and overview.live.model_id == version.model_id:
        return "judges"
    if overview.shadow and overview.shadow.model_id == version.model_id and overview.seen:
        return f"looks on ({overview.seen.judged} seen, {overview.seen.differing} differ)"
    return f"falls short: {', '.join(version.shortfalls)}" if version.shortfalls else ""


async def _with_database(act: Callable[[Database], Awaitable[T]]) -> T:
    """What is done with intake's database."""
    database = Database(settings_here().database_of("intake"), pool_size=2)
    try:
        return await act(database)
    finally:
        await database.close()


async def _in_transaction(act: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """What is done in one transaction of intake's database."""

    async def within(database: Database) -> T:
        async with database.transaction() as session:
            return await act(session)

    return await _with_database(within)

"""`loket policy`: a policy checked, tried on past tickets, published, and brought back."""

import asyncio
import getpass
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.settings import BadSetting
from embedded.users import in_routing
from routing import publishing
from routing.beginnings import QUEUES, TEAMS
from routing.policy import Finding, Read, Surroundings, check, compiled
from routing.publishing import Author, NotAPolicy, Wording
from routing.rehearsal import Rehearsal, past_decisions, rehearse
from routing.revising import Tally, rehearse_open
from routing.rulebook import rulebook
from routing.tables import PublishedPolicy, Queue

app = typer.Typer(no_args_is_help=True, help="The policy: check, diff, publish, rollback, show, history.")
PolicyFile = Annotated[str, typer.Argument(metavar="FILE", help="A policy in TOML or JSON; - reads standard input.")]
Days = Annotated[int, typer.Option(min=1, max=366, help="How many days of tickets to look at.")]


@app.command("check")
def check_file(file: PolicyFile) -> None:
    """Name everything that is wrong with a policy, with its line; exit code 1 when there is anything."""
    source = _text(file)
    try:
        around = asyncio.run(in_routing(publishing.surroundings))
    except BadSetting:
        sys.stderr.write("No Loket runs here: checked against the queues that every Loket begins with.\n")
        around = _at_first()
    found = check(source, around)
    if found.policy is None or found.findings:
        _complain(file, found.findings)
    rules = len(found.policy.rule)
    sys.stdout.write(f"{file}: {rules} rule{'s' if rules > 1 else ''}, nothing wrong.\n")


@app.command()
def diff(
    file: PolicyFile,
    *,
    days: Days = 14,
    as_json: Annotated[bool, typer.Option("--json", help="One object for machines.")] = False,
) -> None:
    """Show which tickets of the last days would have gone elsewhere; nothing is published."""
    source = _text(file)
    with Console(stderr=True).status("Deciding past tickets again…"):
        read, found, opened = asyncio.run(in_routing(lambda session: _rehearsed(session, source, days)))
    if found is None:
        _complain(file, read.findings)
    if as_json:
        ways = [{"from_queue": a, "to_queue": b, "count": n} for (a, b), n in sorted(opened.ways.items())]
        told = {**asdict(found), "moved": found.moved, "open": {**vars(opened), "ways": ways}}
        sys.stdout.write(json.dumps(told, default=str) + "\n")
    else:
        _show(found)
        _show_open(opened)


@app.command()
def publish(
    file: PolicyFile,
    *,
    days: Days = 14,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
) -> None:
    """Put a policy in force, after showing what it would have changed; what was promised never gets worse."""
    source = _text(file)
    read, found, opened = asyncio.run(in_routing(lambda session: _rehearsed(session, source, days)))
    if found is None:
        _complain(file, read.findings)
    _warn(file, read.findings)
    _show(found)
    _show_open(opened)
    seen = asyncio.run(in_routing(publishing.in_force)).version
    if not yes and sys.stdin.isatty():
        typer.confirm(f"Publish this in place of version {seen}?", abort=True)
    wording = Wording(source, seen)
    try:
        made = asyncio.run(in_routing(lambda session: publishing.publish(session, wording, _author(), now())))
    except NotAPolicy as refused:
        _complain(file, refused.findings)
    sys.stdout.write(f"Version {made.version} is in force.\n")


@app.command()
def rollback(
    to: Annotated[int | None, typer.Option(help="The version to bring back; the one before when left out.")] = None,
) -> None:
    """Put the policy before this one in force again, as a new version."""

    async def back(session: AsyncSession) -> PublishedPolicy:
        seen = (await publishing.in_force(session)).version
        if to is None:
            return await publishing.step_back(session, seen, _author(), now())
        return await publishing.restore(session, to, seen, _author(), now())

    made = asyncio.run(in_routing(back))
    sys.stdout.write(f"Version {made.version} is in force; it restores version {made.restores}.\n")


@app.command()
def show(version: Annotated[int | None, typer.Option(help="Which one; that in force when left out.")] = None) -> None:
    """Write out the policy in force, or an earlier version."""

    async def wanted(session: AsyncSession) -> PublishedPolicy | None:
        return await session.get(PublishedPolicy, version) if version else await publishing.in_force(session)

    found = asyncio.run(in_routing(wanted))
    if found is None:
        raise BadSetting(f"There is no version {version} of the policy.")
    sys.stdout.write(publishing.text_of(found))


@app.command()
def history() -> None:
    """List the versions of the policy, newest first."""
    table = Table("version", "published", "by", "restores")
    for each in asyncio.run(in_routing(publishing.history)):
        at = each.published_at.strftime("%Y-%m-%d %H:%M")
        table.add_row(str(each.version), at, each.published_by, str(each.restores or ""))
    Console().print(table)


async def _rehearsed(session: AsyncSession, source: str, days: int) -> tuple[Read, Rehearsal | None, Tally]:
    read = await publishing.examine(session, source)
    if read.policy is None or read.errors:
        return read, None, Tally()
    rules = await rulebook(session)
    past, _ = await past_decisions(session, now() - timedelta(days=days))
    policy = compiled(read.policy)
    found = rehearse(rules.policy, policy, rules.queues, past)
    return read, found, await rehearse_open(session, rules, policy, now())


def _show(found: Rehearsal) -> None:
    console = Console()
    console.print(f"Of {found.looked_at} tickets, {found.moved} would have gone elsewhere.")
    if found.other_priority or found.other_terms:
        console.print(
            f"In the same queue: {found.other_priority} with another priority, {found.other_terms} otherwise."
        )
    if found.skipped:
        console.print(f"{found.skipped} tickets could not be read and are not counted.")
    if found.moves:
        loads = Table("queue", "got", "would get", "difference")
        for load in found.queues:
            loads.add_row(load.queue_id, str(load.before), str(load.after), f"{load.after - load.before:+d}")
        console.print(loads)
        moves = Table("from", "to", "tickets", "for example", "by the rule")
        for move in found.moves:
            references = ", ".join(each.reference for each in move.examples)
            moves.add_row(move.from_queue, move.to_queue, str(move.count), references, move.examples[0].to_rule)
        console.print(moves)


def _show_open(opened: Tally) -> None:
    """What publishing means for tickets that are open now."""
    told = f"Of {opened.looked_at} open tickets, {opened.sooner} are promised an earlier moment"
    sys.stdout.write(f"{told} and {opened.kept} keep a promise that new ones will not get.\n")
    for (before, after), count in sorted(opened.ways.items()):
        way = f"go from {before} to {after}" if before != after else f"stay in {before} on other terms"
        sys.stdout.write(f"{count} that wait {way}.\n")
    if opened.in_hand:
        sys.stdout.write(f"{opened.in_hand} more stay where they are: somebody works on them, or put them there.\n")


def _warn(file: str, findings: Sequence[Finding]) -> None:
    for each in findings:
        sys.stderr.write(f"{file}, {each}\n")


def _complain(file: str, findings: Sequence[Finding]) -> NoReturn:
    for each in findings:
        sys.stdout.write(f"{file}, {each}\n")
    raise typer.Exit(1)


def _text(file: str) -> str:
    try:
        return sys.stdin.buffer.read().decode() if file == "-" else Path(file).read_text("utf-8")
    except OSError as error:
        raise BadSetting(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadSetting(f"{file} is no text in UTF-8.") from error


def _at_first() -> Surroundings:
    """The queues that every Loket begins with."""
    teams = {team_id: (tier, partner) for team_id, _, tier, partner in TEAMS}
    queues = [
        Queue(queue_id=i, name=name, tier=teams[t][0], team_id=t, partner=teams[t][1], position=at)
        for at, (i, name, t) in enumerate(QUEUES)
    ]
    return Surroundings({queue.queue_id: queue for queue in queues})


def _author() -> Author:
    return Author(f"command line ({getpass.getuser()})")

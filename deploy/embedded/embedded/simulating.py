"""`loket simulate`: a working day, or days that really were, in accelerated time, to look at or compare policies."""

import asyncio
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncSession

from common.errors import BadInput
from common.settings import BadSetting
from embedded.users import in_routing
from routing import publishing
from routing.choosing import TARIFF
from routing.history import Period, stretch_of
from routing.matching import Tariff
from routing.person import Person
from routing.policy import Policy, Surroundings, check, compiled, default_source
from routing.rulebook import Rulebook, rulebook
from routing.simulation.days import Day
from routing.simulation.playing import Contender, baselines, ours, play
from routing.simulation.replayed import Stretch, day_of
from routing.simulation.standard import QUEUES, SWITCHING_MINUTES, standard_day
from routing.staff_file import read_sheet
from routing.staff_import import plan

File = Annotated[Path | None, typer.Option(exists=True, dir_okay=False)]
MOST_TICKETS, MOST_AGENTS, MOST_RUNS = 100_000, 1000, 100
LONGEST_DAYS = 366
SHOWN = {
    "attainment": "within the promise",
    "cost_per_ticket": "cost a ticket (EUR)",
    "wait_p50_minutes": "wait p50 (min)",
    "wait_p95_minutes": "wait p95 (min)",
    "specialist_minutes_on_routine": "specialists on routine (min)",
    "utilisation": "utilisation",
    "seconds": "seconds",
}


def simulate(  # noqa: PLR0913 - one option for each thing that can be played with
    *,
    tickets: Annotated[int, typer.Option(min=1, max=MOST_TICKETS, help="Tickets that come in on the day.")] = 5000,
    agents: Annotated[int, typer.Option(min=3, max=MOST_AGENTS, help="People on the roster.")] = 60,
    policy: File = None,
    compare: File = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same days.")] = 1,
    runs: Annotated[int, typer.Option(min=1, max=MOST_RUNS, help="Days, for the intervals.")] = 2,
    others: Annotated[
        bool, typer.Option("--baselines", help="Also round robin, least loaded and weighted assignment.")
    ] = False,
    history: Annotated[
        str, typer.Option(metavar="FROM..TO", help="Days that really were, such as 2026-03-02..2026-03-06.")
    ] = "",
    staff: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="With --history: the people in this list instead of yours."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One object a line for each policy.")] = False,
) -> None:
    """Play a day of work with a policy (the one Loket begins with when none is given), and say what came of it.

    With --history the days are yours: what came in then, with the policy in force when none is given. Nothing is
    changed, and nobody's words are read.
    """
    if staff and not history:
        raise BadSetting("--staff goes with --history: the generated day has its own people.")
    if history:
        told = _replayed(_period(history), policy, compare, staff, seed, runs, others=others)
    else:
        told = _generated(policy, compare, [(tickets, agents, seed + number) for number in range(runs)], others=others)
    if as_json:
        sys.stdout.writelines(f"{json.dumps(each)}\n" for each in told)
    else:
        _show(told)


def _generated(
    policy: Path | None, compare: Path | None, sizes: Sequence[tuple[int, int, int]], *, others: bool
) -> list[Mapping[str, Any]]:
    first = read_policy(policy)
    tariff = Tariff(switching_minutes=SWITCHING_MINUTES)
    contenders = [ours(policy.stem if policy else "default", compiled(first), tariff)]
    if compare:
        contenders.append(ours(compare.stem, compiled(read_policy(compare)), tariff))
    if others:
        contenders += baselines(compiled(first))
    asked = sorted({skill for file in (policy, compare) if file for skill in skills_of(read_policy(file))})
    return list(_played(contenders, [standard_day(*size, asked) for size in sizes]))


def _replayed(  # noqa: PLR0913, PLR0917 - one for each option
    period: Period,
    policy: Path | None,
    compare: Path | None,
    staff: Path | None,
    seed: int,
    runs: int,
    *,
    others: bool,
) -> list[Mapping[str, Any]]:
    listed = staff.read_bytes() if staff else None

    async def read(session: AsyncSession) -> tuple[Stretch, Surroundings, Rulebook]:
        people = await _people(session, listed) if listed is not None else None
        return (
            await stretch_of(session, period, people),
            await publishing.surroundings(session),
            await rulebook(session),
        )

    with Console(stderr=True).status("Reading what came in…"):
        stretch, around, rules = asyncio.run(in_routing(read))
    if not stretch.tickets:
        raise BadSetting(f"Nothing came in from {period.first} to {period.last}.")
    if not stretch.people:
        raise BadSetting("Nobody has working hours: give them on the page Staff, or a list with --staff.")
    first = compiled(read_policy(policy, around)) if policy else rules.policy
    contenders = [ours(policy.stem if policy else f"version {rules.version}, in force", first, TARIFF)]
    if compare:
        contenders.append(ours(compare.stem, compiled(read_policy(compare, around)), TARIFF))
    if others:
        contenders += baselines(first)
    told = list(_played(contenders, [day_of(stretch, seed + number) for number in range(runs)]))
    about = {"tickets": len(stretch.tickets), "people": len(stretch.people), **asdict(stretch.lived)}
    return [{**each, "history": about} for each in told]


async def _people(session: AsyncSession, listed: bytes) -> list[Person]:
    """The people in a list, as the import of staff reads it. Raises BadSetting with everything that is wrong."""
    try:
        found = await plan(session, read_sheet(listed))
    except BadInput as refused:
        raise BadSetting(f"The list of staff: {refused}") from refused
    if found.wrong:
        raise BadSetting("\n".join(f"The list of staff, {each}" for each in found.wrong))
    return [row.person for row in found.rows]


def _period(words: str) -> Period:
    """The days between two dates, or one day. Raises BadSetting."""
    found = re.fullmatch(r"(\d{4}-\d{2}-\d{2})(?:\.\.(\d{4}-\d{2}-\d{2}))?", words)
    try:
        first, last = (date.fromisoformat(each) for each in (found[1], found[2] or found[1])) if found else (None, None)
    except ValueError:
        first = last = None
    if first is None or last is None or not 0 <= (last - first).days < LONGEST_DAYS:
        raise BadSetting("Give two days in their order, at most a year: --history 2026-03-02..2026-03-06")
    return Period(first, last)


def read_policy(file: Path | None, around: Surroundings | None = None) -> Policy:
    """The policy in a file, or the one that Loket begins with. Raises BadSetting with everything that is wrong."""
    found = check(file.read_text("utf-8") if file else default_source(), around or Surroundings(QUEUES))
    if found.policy is None or found.errors:
        raise BadSetting("\n".join(f"{file}, {each}" for each in found.errors))
    return found.policy


def skills_of(policy: Policy) -> set[str]:
    """Every skill that a policy names."""
    return {skill for rule in policy.rule for skill in (*rule.then.skills, *rule.then.optional_skills)}


def _played(contenders: Sequence[Contender], days: Sequence[Day]) -> Iterator[Mapping[str, Any]]:
    played = play(contenders, days)
    yield from track(played, "playing", len(contenders), console=Console(stderr=True), transient=True)


def _show(told: Sequence[Mapping[str, Any]]) -> None:
    table = Table("", *(str(each["policy"]) for each in told))
    for name, label in SHOWN.items():
        table.add_row(label, *(_cell(each, name) for each in told))
    Console().print(table)
    if lived := told[0].get("history"):
        really = [f"{lived['tickets']} tickets, {lived['people']} people."]
        if lived["attainment"] is not None:
            really.append(f"It really went: {lived['attainment']:g} answered within the promise,")
            really.append(f"{lived['cost_per_ticket'] or 0:g} EUR a ticket, {lived['done']} done so far.")
        Console().print(" ".join(really))


def _cell(each: Mapping[str, Any], name: str) -> str:
    between = each.get("intervals", {}).get(name)
    by = each.get("difference", {}).get(name)
    told = f"{each[name]:g}"
    if between:
        told += f"  [{between[0]:g} … {between[1]:g}]"
    return f"{told}  ({by['mean']:+g})" if by else told

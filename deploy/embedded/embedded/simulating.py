"""`loket simulate`: a working day in accelerated time, for one policy or to compare several."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from common.settings import BadSetting
from routing.matching import Tariff
from routing.policy import Policy, Surroundings, check, compiled, default_source
from routing.simulation.days import Day
from routing.simulation.playing import Contender, baselines, ours, play
from routing.simulation.standard import QUEUES, SWITCHING_MINUTES, standard_day

File = Annotated[Path | None, typer.Option(exists=True, dir_okay=False)]
MOST_TICKETS, MOST_AGENTS, MOST_RUNS = 100_000, 1000, 100
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
    as_json: Annotated[bool, typer.Option("--json", help="One object a line for each policy.")] = False,
) -> None:
    """Play a day of work with a policy (the one Loket begins with when none is given), and say what came of it."""
    first = read_policy(policy)
    contenders = [_contender(policy.stem if policy else "default", first)]
    if compare:
        contenders.append(_contender(compare.stem, read_policy(compare)))
    if others:
        contenders += baselines(compiled(first))
    asked = sorted({skill for file in (policy, compare) if file for skill in skills_of(read_policy(file))})
    days = [standard_day(tickets, agents, seed + number, asked) for number in range(runs)]
    told = list(_played(contenders, days))
    if as_json:
        sys.stdout.writelines(f"{json.dumps(each)}\n" for each in told)
    else:
        _show(told)


def read_policy(file: Path | None) -> Policy:
    """The policy in a file. Raises BadSetting with everything that is wrong with it."""
    found = check(file.read_text("utf-8") if file else default_source(), Surroundings(QUEUES))
    if found.policy is None or found.errors:
        raise BadSetting("\n".join(f"{file}, {each}" for each in found.errors))
    return found.policy


def skills_of(policy: Policy) -> set[str]:
    """Every skill that a policy names."""
    return {skill for rule in policy.rule for skill in (*rule.then.skills, *rule.then.optional_skills)}


def _contender(name: str, policy: Policy) -> Contender:
    return ours(name, compiled(policy), Tariff(switching_minutes=SWITCHING_MINUTES))


def _played(contenders: Sequence[Contender], days: Sequence[Day]) -> Iterator[Mapping[str, Any]]:
    played = play(contenders, days)
    yield from track(played, "playing", len(contenders), console=Console(stderr=True), transient=True)


def _show(told: Sequence[Mapping[str, Any]]) -> None:
    table = Table("", *(str(each["policy"]) for each in told))
    for name, label in SHOWN.items():
        table.add_row(label, *(_cell(each, name) for each in told))
    Console().print(table)


def _cell(each: Mapping[str, Any], name: str) -> str:
    between = each.get("intervals", {}).get(name)
    by = each.get("difference", {}).get(name)
    told = f"{each[name]:g}"
    if between:
        told += f"  [{between[0]:g} … {between[1]:g}]"
    return f"{told}  ({by['mean']:+g})" if by else told

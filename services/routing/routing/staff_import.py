"""A list of staff made true: first what would change, then, when nothing is wrong, the change itself."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncSession

from common.errors import BadInput
from common.texts import mark
from common.vocabulary import Role
from routing.accounts import Account, accounts, house
from routing.person import FIELDS, House, Person, problems
from routing.staff_file import Line, Sheet, Wrong
from routing.staffing import By, change, hire


@dataclass(frozen=True)
class Row:
    """One line of the list beside who is there: what would change, by field, before and after."""

    line: int
    kind: Literal["new", "changed", "same"]
    person: Person
    account: Account | None
    changes: Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True)
class Plan:
    """What a list would change. Nothing may be done while anything is wrong."""

    rows: tuple[Row, ...]
    wrong: tuple[Wrong, ...]

    def count(self, kind: str) -> int:
        """How many lines are of this kind."""
        return sum(row.kind == kind for row in self.rows)

    @property
    def fingerprint(self) -> str:
        """Equal for plans that do the same to the same accounts."""
        told = [(row.line, row.account.version if row.account else 0, row.person.document()) for row in self.rows]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


async def plan(session: AsyncSession, sheet: Sheet) -> Plan:
    """What the list would change, and everything in it that is wrong, in the order of its lines."""
    within = await house(session)
    there = {account.person.username: account for account in await accounts(session)}
    rows: list[Row] = []
    wrong = [*sheet.wrong, *_twice(sheet)]
    bad = {each.line for each in wrong}
    for line in sheet.lines:
        if line.number in bad:
            continue
        account = there.get(line.given["username"].lower())
        person = _merged(line, account, within)
        found = [sheet.where(line.number, p.field, p.sentence, p.value) for p in problems(person, within)]
        wrong.extend(found)
        if not found:
            rows.append(_row(line, account, person.tidy()))
    return Plan(tuple(rows), tuple(sorted(wrong, key=lambda each: each.line)))


async def carry_out(session: AsyncSession, by: By, made: Plan, now: datetime) -> int:
    """How many accounts were made or changed; all of them or none. Raises BadInput while anything is wrong.

    New accounts have no password: nobody logs in with them before one is set.
    """
    if made.wrong:
        raise BadInput("Nothing was changed: first put right what is wrong in the list.")
    by = replace(by, act="import")
    for row in made.rows:
        if row.account is None:
            await hire(session, replace(by, act="hire"), row.person, "", now)
        elif row.kind == "changed":
            await change(session, by, (row.account.agent_id, row.account.version), row.person, now)
    return len(made.rows) - made.count("same")


def _merged(line: Line, account: Account | None, within: House) -> Person:
    """Who is there, with what the line gives in its place; a newcomer works all queues of their team."""
    given = dict(line.given)
    if account:
        return replace(account.person, **{**given, "username": account.person.username})
    team_id = given.get("team_id")
    begins: dict[str, Any] = {
        "name": "",
        "role": Role.AGENT,
        "team_id": None,
        "has_clearance": False,
        "queue_ids": tuple(queue_id for queue_id, team in within.queues.items() if team == team_id),
    }
    return Person(**(begins | given))


def _row(line: Line, account: Account | None, person: Person) -> Row:
    if account is None:
        return Row(line.number, "new", person, None, {})
    before, after = account.person.document(), person.document()
    changes = {name: (before[name], after[name]) for name in FIELDS if before[name] != after[name]}
    return Row(line.number, "changed" if changes else "same", person, account, changes)


def _twice(sheet: Sheet) -> Iterator[Wrong]:
    first: dict[str, int] = {}
    for line in sheet.lines:
        username = line.given.get("username", "").lower()
        if username and first.setdefault(username, line.number) != line.number:
            said = mark("This user name stands on line %(value)s too.")
            yield sheet.where(line.number, "username", said, str(first[username]))

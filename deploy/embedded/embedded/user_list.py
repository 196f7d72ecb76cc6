"""`loket user import` and `loket user export`: everybody in one list, as a spreadsheet saves it."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from embedded.users import by_hand, in_routing
from routing.accounts import accounts
from routing.staff_cells import in_cell
from routing.staff_file import COLUMNS, Sheet, read_sheet, write_sheet
from routing.staff_import import Plan, Row, carry_out, plan


def import_list(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A CSV file, as a spreadsheet saves it.")],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")] = False,
) -> None:
    """Make and change accounts from a list: all of it, or nothing while anything in it is wrong.

    The first line names the columns: username and any of the others that `loket user export` writes. An empty cell
    leaves things as they are, a dash empties a list. New accounts get a password with `loket user password`.
    """
    sheet = read_sheet(file.read_bytes())
    made = asyncio.run(in_routing(lambda session: _made_true(session, sheet, dry_run=dry_run)))
    _show(made)
    for wrong in made.wrong:
        sys.stderr.write(f"{file.name}, {wrong}\n")
    if made.wrong:
        sys.stderr.write("Nothing was changed.\n")
        raise typer.Exit(1)
    told = "would be" if dry_run else "are"
    sys.stdout.write(
        f"{made.count('new')} {told} new, {made.count('changed')} {told} changed, {made.count('same')} stay the same.\n"
    )


def export_list() -> None:
    """Write everybody as the list that `loket user import` reads."""
    people = asyncio.run(in_routing(accounts))
    sys.stdout.write(write_sheet(account.person for account in people))


async def _made_true(session: AsyncSession, sheet: Sheet, *, dry_run: bool) -> Plan:
    made = await plan(session, sheet)
    if not dry_run and not made.wrong:
        await carry_out(session, by_hand(), made, now())
    return made


def _show(made: Plan) -> None:
    table = Table("line", "user name", "what", "before", "after")
    for row in made.rows:
        if row.kind == "new":
            table.add_row(str(row.line), row.person.username, "new", "", row.person.name)
        for name, (before, after) in _told(row).items():
            table.add_row(str(row.line), row.person.username, COLUMNS[name][0], before, after)
    if table.row_count:
        Console().print(table)


def _told(row: Row) -> dict[str, tuple[str, str]]:
    """What changes, as cells."""
    if row.account is None:
        return {}
    was, becomes = row.account.person, row.person
    return {name: (in_cell(name, getattr(was, name)), in_cell(name, getattr(becomes, name))) for name in row.changes}

"""Tables as files for a spreadsheet, in which no cell can be mistaken for a formula."""

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from io import StringIO

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def sheet(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The table as CSV (RFC 4180), as UTF-8 that spreadsheets recognise."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(heading)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, int | float):
        return str(value)
    said = str(value)
    return f"'{said}" if said.startswith(FORMULA) else said

"""New rows by the batch: written by one statement a table, without the bookkeeping a session does for each object."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields
from functools import cache
from itertools import count
from typing import Any, Protocol, TypeVar

from sqlalchemy import ARRAY, JSON, Column, Dialect, MetaData
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.schema import ScalarElementColumnDefault

T = TypeVar("T", bound=DeclarativeBase)


class Rows(Protocol):
    """Where new rows go: a session, or a bulk when many come at once."""

    def add(self, instance: Any) -> None:  # noqa: ANN401 - as a session has it
        """Keep one new row."""

    def add_all(self, instances: Iterable[Any]) -> None:
        """Keep several new rows."""


class Bulk:
    """Gathers new rows of mapped classes, or of their `plain` twins, until `write`. A flush costs five times as much.

    The objects stay outside any session: what is changed on them after `write` is not stored.
    """

    def __init__(self) -> None:
        self._gathered: dict[type[DeclarativeBase], list[dict[str, Any]]] = {}

    def add(self, instance: Any) -> None:  # noqa: ANN401 - as a session has it
        """Keep one new row."""
        cls = type(instance)
        self._gathered.setdefault(getattr(cls, "twin_of", cls), []).append(vars(instance))

    def add_all(self, instances: Iterable[Any]) -> None:
        """Keep several new rows."""
        for instance in instances:
            self.add(instance)

    async def write(self, session: AsyncSession) -> None:
        """Store the rows gathered, all of them by one statement."""
        if not self._gathered:
            return
        connection = await session.connection()
        storing = _storing(tuple(sorted(self._gathered, key=_rank)), connection.dialect)
        await connection.exec_driver_sql(storing.sql, storing.lists(self._gathered))
        self._gathered.clear()


def fit(rows: Rows, cls: type[T]) -> type[T]:
    """The class to make new rows of that go there."""
    return plain(cls) if isinstance(rows, Bulk) else cls


def plain(cls: type[T]) -> type[T]:
    """A twin of this mapped class for rows that go into a `Bulk`: made like it, known to no session, far cheaper.

    It has the columns and their defaults, nothing else of the class.
    """
    twin: type[T] = _twin(cls)
    return twin


@cache
def _twin(cls: type[DeclarativeBase]) -> type[Any]:
    factories = [(each.name, each.default_factory) for each in _given(cls) if each.default_factory is not MISSING]

    def fill(self: object, **values: object) -> None:
        for name, factory in factories:
            if name not in values:
                values[name] = factory()
        self.__dict__ = values

    usual = {column.name: _usual(column) for column in _columns(cls)}
    return type(f"Plain{cls.__name__}", (), {**usual, "__init__": fill, "twin_of": cls})


@dataclass(frozen=True, slots=True)
class _Column:
    """A column on its way to the driver, as a list of the values of all rows."""

    name: str
    usual: object  # what it is in a row that does not say
    convert: Callable[[Any], Any] | None

    def of(self, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        values = [row.get(self.name, self.usual) for row in rows]
        if self.convert is None:
            return values
        return [None if value is None else self.convert(value) for value in values]


@dataclass(frozen=True, slots=True)
class _Storing:
    """The statement that stores rows of several classes at once, and what it is given."""

    sql: str
    columns: Mapping[type[DeclarativeBase], Sequence[_Column]]

    def lists(self, gathered: Mapping[type[DeclarativeBase], Sequence[Mapping[str, Any]]]) -> tuple[list[Any], ...]:
        return tuple([column.of(gathered[cls]) for cls, columns in self.columns.items() for column in columns])


@cache
def _storing(classes: tuple[type[DeclarativeBase], ...], dialect: Dialect) -> _Storing:
    # References are checked when the statement ends, so it may write what refers beside what is referred to.
    marks = (f"${nth}" for nth in count(1))
    parts, columns = [], {}
    for cls in classes:
        of_table = _columns(cls)
        columns[cls] = [
            _Column(each.name, _usual(each), each.type.dialect_impl(dialect).bind_processor(dialect))
            for each in of_table
        ]
        parts.append(_insertion(cls.__tablename__, of_table, marks, dialect))
    written = ", ".join(f"written_{nth} AS ({part})" for nth, part in enumerate(parts[:-1]))
    return _Storing(f"WITH {written} {parts[-1]}" if written else parts[-1], columns)


def _insertion(table: str, columns: Sequence[Column[Any]], marks: Iterator[str], dialect: Dialect) -> str:
    quote = dialect.identifier_preparer.quote
    names = [quote(column.name) for column in columns]
    lists = [f"{next(marks)}::{_list_type(column, dialect)}[]" for column in columns]
    values = [
        f"{name}::jsonb" if isinstance(column.type, JSON) else name for name, column in zip(names, columns, strict=True)
    ]
    return (
        f"INSERT INTO {quote(table)} ({', '.join(names)}) "  # noqa: S608 - names of our own classes
        f"SELECT {', '.join(values)} FROM unnest({', '.join(lists)}) AS brought ({', '.join(names)})"
    )


def _list_type(column: Column[Any], dialect: Dialect) -> str:
    if isinstance(column.type, ARRAY):
        raise TypeError(f"{column} is a list itself, and lists of lists lose their shape on the way")
    return "text" if isinstance(column.type, JSON) else column.type.compile(dialect)


def _given(cls: type[Any]) -> list[Field[Any]]:
    """The fields that whoever makes a row gives; the database makes the others."""
    return [each for each in fields(cls) if each.init]


def _columns(cls: type[DeclarativeBase]) -> list[Column[Any]]:
    table: Any = cls.__table__  # declared as any selectable
    return [table.columns[each.name] for each in _given(cls)]


def _usual(column: Column[Any]) -> object:
    default = column.default
    return default.arg if isinstance(default, ScalarElementColumnDefault) else None


def _rank(cls: type[DeclarativeBase]) -> int:
    return _ranks(cls.metadata)[cls.__tablename__]


@cache
def _ranks(metadata: MetaData) -> dict[str, int]:
    """Every table after those it refers to."""
    return {table.name: rank for rank, table in enumerate(metadata.sorted_tables)}

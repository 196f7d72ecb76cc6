"""Rows by the batch: what a session would have stored, whatever the values, or nothing."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import ARRAY, DateTime, Enum, ForeignKey, Identity, Text, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column
from uuid_utils.compat import uuid7

from common.bulk import Bulk, fit, plain
from common.db import Database


class Shade(StrEnum):
    LIGHT = "light"
    DARK = "dark"


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True):
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own way to say it
        Shade: Enum(Shade, native_enum=False, length=10, values_callable=lambda kind: [each.value for each in kind]),
        datetime: DateTime(timezone=True),
        str: Text,
        dict[str, Any]: JSONB,
    }


class Leaf(Base, kw_only=True):
    """Refers to a tree, and comes before it in the alphabet."""

    __tablename__ = "leaf"
    tree_id: Mapped[UUID] = mapped_column(ForeignKey("tree.tree_id"))
    nth: Mapped[int]
    leaf_id: Mapped[int] = mapped_column(Identity(), primary_key=True, init=False)


class Tree(Base, kw_only=True):
    __tablename__ = "tree"
    tree_id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    name: Mapped[str | None]
    shade: Mapped[Shade] = mapped_column(default=Shade.DARK)
    rings: Mapped[int] = mapped_column(default=1)
    is_old: Mapped[bool] = mapped_column(default=False)
    felled_at: Mapped[datetime | None] = mapped_column(default=None)
    grows_for: Mapped[timedelta] = mapped_column(default=timedelta(0))
    notes: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    seen: Mapped[dict[str, Any] | None] = mapped_column(default=None)


class Rope(Base, kw_only=True):
    __tablename__ = "rope"
    rope_id: Mapped[int] = mapped_column(primary_key=True)
    knots: Mapped[list[str]] = mapped_column(ARRAY(Text))


@pytest.fixture(scope="module")
async def wood(plumbing_database: Database) -> AsyncIterator[Database]:
    async with plumbing_database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield plumbing_database
    async with plumbing_database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)


def told(tree: Tree) -> dict[str, object]:
    return {name: getattr(tree, name) for name in Tree.__table__.columns.keys()}  # noqa: SIM118 - not a dict


async def stored(database: Database, tree_id: UUID) -> dict[str, object]:
    async with database.reading() as session:
        return told((await session.scalars(select(Tree).where(Tree.tree_id == tree_id))).one())


words = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
trees = st.fixed_dictionaries(
    {"name": st.none() | words},
    optional={
        "shade": st.sampled_from(Shade),
        "rings": st.integers(-(2**31), 2**31 - 1),
        "is_old": st.booleans(),
        "felled_at": st.none() | st.integers(0, 10**10).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
        "grows_for": st.timedeltas(timedelta(days=-999), timedelta(days=999)),
        "notes": st.dictionaries(words, words | st.integers(-9, 9) | st.none() | st.lists(words), max_size=3),
        "seen": st.none() | st.dictionaries(words, words, max_size=2),
    },
)


@given(trees)
def test_a_plain_twin_has_the_values_and_defaults_of_its_class(values: dict[str, Any]) -> None:
    tree_id = uuid7()

    assert told(plain(Tree)(tree_id=tree_id, **values)) == told(Tree(tree_id=tree_id, **values))


@given(trees)
async def test_what_was_written_reads_like_what_a_session_stores(wood: Database, values: dict[str, Any]) -> None:
    rows, twin, own = Bulk(), plain(Tree)(**values), Tree(**values)
    rows.add_all((twin, own))

    async with wood.transaction() as session:
        await rows.write(session)

    expected = told(Tree(**values)) | {"tree_id": None}
    for tree in (twin, own):
        assert await stored(wood, tree.tree_id) | {"tree_id": None} == expected


async def test_rows_of_several_tables_are_written_in_order_whoever_refers_to_whom(wood: Database) -> None:
    rows = Bulk()
    tree = plain(Tree)(name="oak")
    rows.add_all(plain(Leaf)(tree_id=tree.tree_id, nth=nth) for nth in range(50))
    rows.add(tree)

    async with wood.transaction() as session:
        await rows.write(session)
        await rows.write(session)  # nothing is left to write

    async with wood.reading() as session:
        leaves = await session.scalars(select(Leaf.nth).where(Leaf.tree_id == tree.tree_id).order_by(Leaf.leaf_id))
        assert list(leaves) == list(range(50))


async def test_nothing_is_not_json_null(wood: Database) -> None:
    rows = Bulk()
    rows.add_all((plain(Tree)(name="unset"), plain(Tree)(name="set", seen=None)))

    async with wood.transaction() as session:
        await rows.write(session)
        count = await session.scalar(text("SELECT count(*) FROM tree WHERE name IN ('set', 'unset') AND seen IS NULL"))

    assert count == 2


async def test_a_row_that_refers_to_nothing_takes_all_others_with_it(wood: Database) -> None:
    rows = Bulk()
    tree = plain(Tree)(name="good")
    rows.add_all((tree, plain(Leaf)(tree_id=uuid7(), nth=1)))

    with pytest.raises(IntegrityError):
        async with wood.transaction() as session:
            await rows.write(session)

    async with wood.reading() as session:
        assert await session.get(Tree, tree.tree_id) is None


async def test_a_column_that_is_a_list_is_refused_by_name(wood: Database) -> None:
    rows = Bulk()
    rows.add(plain(Rope)(rope_id=1, knots=["a"]))

    with pytest.raises(TypeError, match=r"rope\.knots"):
        async with wood.transaction() as session:
            await rows.write(session)


async def test_new_rows_fit_where_they_go(wood: Database) -> None:
    async with wood.reading() as session:
        assert fit(session, Tree) is Tree
    assert fit(Bulk(), Tree) is plain(Tree)
    assert plain(Tree) is plain(Tree)

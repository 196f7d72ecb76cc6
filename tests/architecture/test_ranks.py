"""The rules that keep the tree readable, checked on its syntax."""

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[2]
CODE = [
    path
    for folder in ("libs", "services", "deploy")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if "migrations" not in path.parts[-2] and "migrations" not in path.parts[-3]
]
USE_CASES = {
    "intake": ("tickets", "messages", "people", "learning", "projections"),
    "routing": (
        "work",
        "replies",
        "tasks",
        "staff",
        "moving",
        "finishing",
        "publishing",
        "glass",
        "waiting",
        "acting",
        "deadlines",
        "projections",
    ),
    "notifications": ("deliveries", "projections"),
}
MEANINGLESS = {"service", "services", "manager", "managers", "utils", "helpers", "misc"}


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def use_cases() -> list[Path]:
    return [
        path
        for path in CODE
        for service, names in USE_CASES.items()
        if path.parts[-2] == service and path.stem in names
    ]


@pytest.mark.parametrize("path", CODE, ids=named)
def test_no_import_hides_inside_a_function(path: Path) -> None:
    hidden = [
        inner.lineno for f in functions(path) for inner in ast.walk(f) if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


@pytest.mark.parametrize("path", CODE, ids=named)
def test_every_file_says_what_lives_there_and_none_is_too_long(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert ast.get_docstring(tree(path)) or not text.strip()
    assert len(text.splitlines()) <= 400
    assert path.stem not in MEANINGLESS


def test_files_and_functions_are_short() -> None:
    lines = sorted(len(path.read_text(encoding="utf-8").splitlines()) for path in CODE)
    spans = sorted((f.end_lineno or 0) - f.lineno + 1 for path in CODE for f in functions(path))

    assert median(lines) <= 90
    assert lines[int(len(lines) * 0.9)] <= 250
    assert median(spans) <= 10
    assert spans[int(len(spans) * 0.9)] <= 30


def test_a_use_case_neither_commits_nor_waits_on_the_network_nor_speaks_http() -> None:
    files = use_cases()
    assert files
    forbidden = {"fastapi", "starlette", "httpx", "aiosmtplib", "aiokafka", "common.bus", "common.bus_kafka"}
    for path in files:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ImportFrom):
                assert node.module not in forbidden, f"{named(path)}:{node.lineno}"
            if isinstance(node, ast.Attribute):
                assert node.attr not in {"commit", "rollback"}, f"{named(path)}:{node.lineno}"


def test_only_the_clock_tells_the_time() -> None:
    for path in CODE:
        for node in ast.walk(tree(path)):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in {"now", "utcnow"}
            ):
                value = node.func.value
                is_datetime = isinstance(value, ast.Name) and value.id == "datetime"
                assert not is_datetime or path.stem == "clock", f"{named(path)}:{node.lineno}"


def test_a_projection_emits_nothing() -> None:
    for path in CODE:
        if path.stem == "projections":
            names = {node.id for node in ast.walk(tree(path)) if isinstance(node, ast.Name)}
            assert "emit" not in names, named(path)


def test_a_broad_except_stands_only_at_an_edge() -> None:
    """Where one is allowed, and why: a loop, the app, or a batch must survive whatever one item does."""
    edges = {"run.py", "middleware.py", "singly.py", "sender.py"}
    edges |= {
        "child.py",
        "listener.py",
    }  # a mail that breaks its reader is set aside; a door answers 451 whatever happens
    for path in CODE:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ExceptHandler):
                names = {n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)} if node.type else {"Exception"}
                assert "Exception" not in names or path.name in edges, f"{named(path)}:{node.lineno}"

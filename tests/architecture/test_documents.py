"""What the documents say is what the code does."""

import re
from importlib import import_module
from pathlib import Path

from common.events import CATALOGUE

ROOT = Path(__file__).parents[2]


def described(event: type) -> tuple[str, str]:
    found = re.search(r"From (.+?); for (.+?)\.$", " ".join((event.__doc__ or "").split()))
    assert found, event
    return found[1], found[2]


def test_the_event_table_is_the_catalogue() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| `([\w.]+)` \| (.+?) \| (.+?) \|$", text, re.MULTILINE)

    assert rows == [(e.__name__, e.topic, *described(e)) for e in CATALOGUE.values()]


def test_the_readme_is_short_and_its_links_lead_somewhere() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")

    assert len(text.splitlines()) < 150
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", text):
        assert (ROOT / target).exists(), target


def test_every_decision_fits_one_screen_and_says_what_was_decided() -> None:
    for path in (ROOT / "docs" / "decisions").glob("*.md"):
        text = path.read_text(encoding="utf-8")
        assert re.match(r"\d{4}-[a-z0-9-]+\.md", path.name)
        assert re.search(r"^(## Decision|\*\*Decision\.\*\*)", text, re.MULTILINE), path.name
        assert len(text.splitlines()) <= 60, path.name


def test_each_event_is_read_by_those_it_names() -> None:
    handlers = {name: import_module(f"{name}.consumers").HANDLERS for name in ("intake", "routing", "notifications")}
    for event in CATALOGUE.values():
        readers = {name for name, handled in handlers.items() if event in handled}
        assert readers == set(described(event)[1].split(", ")), event.__name__

"""Events are a promise: published schemas never break, and every release reads every event ever written."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from common.catalogue import ASYNCAPI, SCHEMAS, asyncapi, incompatibilities, published, schema_of
from common.events import CATALOGUE, TOPICS

GOLDEN = Path(__file__).parent / "golden"
VERSIONS = [(name, n) for name in sorted(CATALOGUE) for n in range(1, len(published(name)) + 1)]
HINT = "run: python -m common.catalogue"


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_the_newest_published_schema_is_the_code(name: str) -> None:
    assert published(name), HINT
    assert published(name)[-1] == schema_of(CATALOGUE[name]), HINT


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_later_schemas_only_gained_optional_fields(name: str) -> None:
    schemas = published(name)
    for n, later in enumerate(schemas):
        for earlier in schemas[:n]:
            assert incompatibilities(earlier, later) == []


@pytest.mark.parametrize(("name", "version"), VERSIONS)
def test_every_release_reads_the_golden_event_of_every_version(name: str, version: int) -> None:
    body = (GOLDEN / name / f"{version}.json").read_text()
    Draft202012Validator(published(name)[version - 1]).validate(json.loads(body))

    event = CATALOGUE[name].model_validate_json(body)

    kept = json.loads(event.model_dump_json())
    assert {field: kept[field] for field in json.loads(body)} == json.loads(body)


def test_no_schema_outlives_its_event() -> None:
    assert {path.name for path in SCHEMAS.iterdir()} == set(CATALOGUE)


def test_a_breaking_change_is_seen() -> None:
    old: dict[str, Any] = {"properties": {"a": {"type": "string"}, "b": {"type": "string"}}, "required": ["a"]}
    changed = {"properties": {"a": {"type": "integer"}, "c": {"type": "string"}}, "required": ["a", "c"]}

    assert incompatibilities(old, changed) == ["the event lost b", "the event.a changed", "the event.c became required"]
    assert incompatibilities(old, old | {"properties": old["properties"] | {"c": {"type": "string"}}}) == []


def test_the_asyncapi_document_is_the_code() -> None:
    assert json.loads(ASYNCAPI.read_text()) == asyncapi(), HINT


def test_every_event_names_a_known_topic_and_says_who_sends_and_reads_it() -> None:
    for event in CATALOGUE.values():
        assert event.topic in TOPICS
        assert "From " in (event.__doc__ or "")
        assert "for " in (event.__doc__ or "")


def test_an_event_of_a_newer_sender_is_read_without_its_new_field() -> None:
    body = json.loads((GOLDEN / "feedback.given" / "1.json").read_text())

    event = CATALOGUE["feedback.given"].model_validate(body | {"mood": "new"})

    assert not hasattr(event, "mood")

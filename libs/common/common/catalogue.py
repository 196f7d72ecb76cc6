"""The catalogue written out for others: a JSON Schema for each version of each event, and an AsyncAPI document.

`python -m common.catalogue` writes what changed. A published schema is never touched: a changed event gets the
next number, and may only have gained optional fields (FULL_TRANSITIVE compatibility).
"""

import json
import sys
from pathlib import Path
from typing import Any

from common.events import CATALOGUE, TOPICS, Event

HERE = Path(__file__).parent
SCHEMAS = HERE / "schemas"
ASYNCAPI = HERE / "asyncapi.json"
Schema = dict[str, Any]


def schema_of(event: type[Event]) -> Schema:
    """The JSON Schema of an event's body, as it is written."""
    return event.model_json_schema(mode="serialization")


def published(event_type: str, folder: Path = SCHEMAS) -> list[Schema]:
    """Every published schema of an event type, oldest first."""
    files = sorted((folder / event_type).glob("*.json"), key=lambda path: int(path.stem))
    return [json.loads(path.read_text()) for path in files]


def incompatibilities(old: Schema, new: Schema) -> list[str]:
    """Why a reader of one could not read the other, as sentences; none when only optional fields were added."""
    before, after = {"": old} | old.get("$defs", {}), {"": new} | new.get("$defs", {})
    found = []
    for name, was in before.items():
        place = name or "the event"
        now = after.get(name)
        if now is None:
            found.append(f"{place} is gone")
            continue
        fields, later = was.get("properties", {}), now.get("properties", {})
        found += [f"{place} lost {field}" for field in fields.keys() - later.keys()]
        found += [
            f"{place}.{field} changed"
            for field in fields.keys() & later.keys()
            if _shape(fields[field]) != _shape(later[field])
        ]
        required, must = set(was.get("required", [])), set(now.get("required", []))
        found += [f"{place}.{field} became required" for field in must - required if field in fields or field in later]
        found += [f"{place}.{field} became optional" for field in required - must]
        if set(was.get("enum", [])) - set(now.get("enum", [])):
            found.append(f"{place} lost a value")
    return sorted(found)


def _shape(field: Schema) -> Schema:
    """What a field admits, without its words."""
    return {key: value for key, value in field.items() if key not in {"title", "description", "default"}}


def asyncapi() -> Schema:
    """The AsyncAPI 3 document of every topic and event."""
    channels: Schema = {
        topic: {
            "address": topic,
            "description": "Key: the ticket's id, so that its events stay in order. CloudEvents 1.0 in binary mode.",
            "messages": {
                name: {"$ref": f"#/components/messages/{name}"}
                for name, event in CATALOGUE.items()
                if event.topic == topic
            },
        }
        for topic in TOPICS
    }
    messages = {
        name: {
            "name": name,
            "title": event.__name__,
            "summary": (event.__doc__ or "").split("\n")[0],
            "description": "\n".join(line.strip() for line in (event.__doc__ or "").split("\n")[1:]).strip(),
            "contentType": "application/json",
            "payload": {"$ref": f"schemas/{name}/{max(1, len(published(name)))}.json"},
        }
        for name, event in CATALOGUE.items()
    }
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Loket events", "version": "1", "description": "What Loket's services tell each other."},
        "defaultContentType": "application/json",
        "channels": channels,
        "components": {"messages": messages},
    }


def write() -> list[str]:
    """Publish new schemas and the document; the names of files that changed. Raises SystemExit on a breaking change."""
    changed = []
    for name, event in CATALOGUE.items():
        known, now = published(name), schema_of(event)
        if known and known[-1] == now:
            continue
        if known and _meaning(known[-1]) == _meaning(now):
            (SCHEMAS / name / f"{len(known)}.json").write_text(_pretty(now))  # only its words changed
            changed.append(f"schemas/{name}/{len(known)}.json")
            continue
        problems = [p for old in known for p in incompatibilities(old, now)]
        if problems:
            raise SystemExit(f"{name} may only gain optional fields: {'; '.join(problems)}. Make a new event type.")
        path = SCHEMAS / name / f"{len(known) + 1}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_pretty(now))
        changed.append(str(path.relative_to(HERE)))
    if not ASYNCAPI.exists() or ASYNCAPI.read_text() != _pretty(asyncapi()):
        ASYNCAPI.write_text(_pretty(asyncapi()))
        changed.append(ASYNCAPI.name)
    return changed


def _meaning(part: Any) -> Any:  # noqa: ANN401 - any JSON
    """A schema without its words."""
    if isinstance(part, dict):
        return {key: _meaning(value) for key, value in part.items() if key != "description"}
    return [_meaning(each) for each in part] if isinstance(part, list) else part


def _pretty(document: Schema) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write("\n".join(write() or ["nothing changed"]) + "\n")

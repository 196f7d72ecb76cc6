"""A policy written out as people would type it."""

import json
from collections.abc import Mapping

from routing.policy.document import Policy

ONLY_ONE = ("skills", "optional_skills")  # fields in which a list of one stays a list


def written(policy: Policy) -> str:
    """The policy as TOML; reading it gives the same policy."""
    stored = policy.as_stored()
    return "\n".join(_table(name, each) for name in ("segment", "rule") for each in stored.get(name, ()))


def _table(kind: str, table: Mapping[str, object]) -> str:
    return "".join([f"[[{kind}]]\n", *(f"{name} = {_value(name, value)}\n" for name, value in table.items())])


def _value(name: str, value: object) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_value(key, each)}" for key, each in value.items()) + " }"
    if isinstance(value, list):
        if len(value) == 1 and name not in ONLY_ONE:
            return _value(name, value[0])
        return "[" + ", ".join(_value(name, each) for each in value) + "]"
    return json.dumps(value, ensure_ascii=False)

"""The staff API answers whatever a fuzzer makes of its description: never with a failure of its own."""

from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from schemathesis import Case
from schemathesis.core.result import Ok
from sqlalchemy import text

from bureau import Bureau, Colleague, submitted

EACH = 12
METHODS = {"GET", "POST", "PUT", "DELETE", "PATCH"}
BROKEN = 500
NOT_HERE = {("DELETE", "/api/session"), ("POST", "/api/session")}  # one ends the session, the other counts its tries


def cases_of(operation: Any) -> list[Case[Any]]:  # noqa: ANN401 - of schemathesis
    """What the fuzzer would send to this operation."""
    found: list[Case[Any]] = []

    @hypothesis.settings(
        max_examples=EACH,
        phases=[Phase.explicit, Phase.generate],
        database=None,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def collect(case: Case[Any]) -> None:
        found.append(case)

    collect()
    return found


def operations(bureau: Bureau) -> Iterator[Any]:
    schema = schemathesis.openapi.from_dict(bureau.service.app.openapi())
    for each in schema.get_all_operations():
        assert isinstance(each, Ok)
        operation = each.ok()
        if (operation.method.upper(), operation.path) not in NOT_HERE and operation.path.startswith("/api/"):
            yield operation


@pytest.mark.parametrize("role", ["admin", "partner"])
async def test_nothing_a_fuzzer_sends_breaks_the_staff_api(
    bureau: Bureau, colleagues: dict[str, Colleague], role: str
) -> None:
    [ticket_id] = await bureau.accept(submitted())
    who, broken, tried = colleagues[role], [], 0
    for operation in operations(bureau):
        for number, case in enumerate(cases_of(operation)):
            if number % 2 and "ticket_id" in (case.path_parameters or {}):
                case.path_parameters["ticket_id"] = str(ticket_id)
            sent = case.as_transport_kwargs(base_url="http://127.0.0.1:8080")
            headers = {**{name: str(value) for name, value in dict(sent.get("headers") or {}).items()}, **who.headers}
            request = bureau.client.build_request(
                sent["method"],
                sent["url"],
                params=sent.get("params"),
                json=sent.get("json"),
                content=sent["data"] if isinstance(sent.get("data"), bytes | str) else None,
                headers={name: value for name, value in headers.items() if name.isascii() and value.isascii()},
            )
            response = await bureau.client.send(request)
            tried += 1
            if response.status_code >= BROKEN:
                broken.append((operation.method, operation.path, response.status_code, sent.get("json")))
    await _forget_newcomers(bureau)
    assert tried > EACH
    assert broken == []


async def _forget_newcomers(bureau: Bureau) -> None:
    """Whoever a fuzzer hired is unknown to other tests."""
    newcomers = "SELECT agent_id FROM agent WHERE password_hash = ''"
    async with bureau.database.engine.begin() as connection:
        for table in ("agent_queue", "agent_language", "agent_skill", "shift", "agent"):
            await connection.execute(text(f"DELETE FROM {table} WHERE agent_id IN ({newcomers})"))  # noqa: S608

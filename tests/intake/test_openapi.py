"""The API does what its description says, whatever a stranger's fuzzer sends."""

from front_desk import Loket


async def test_the_description_names_every_refusal_and_needs_nothing_from_elsewhere(loket: Loket) -> None:
    described = (await loket.program.get("/api/openapi.json")).json()

    operations = {
        f"{method.upper()} {path}": operation
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    }
    assert operations.keys() == {
        "POST /api/tickets",
        "GET /api/tickets/{reference}",
        "POST /api/tickets/{reference}/messages",
    }
    for operation in operations.values():
        for status, answer in operation["responses"].items():
            assert list(answer["content"]) == ["application/json" if status < "400" else "application/problem+json"]
    body = operations["POST /api/tickets"]["requestBody"]["content"]
    assert set(body) == {"application/json", "multipart/form-data"}
    assert described["components"]["schemas"]["PostedTicket"]["additionalProperties"] is False

    page = await loket.browser.get("/api/docs")
    assert page.status_code == 200
    assert "POST /api/tickets" in page.text
    assert "http://" not in page.text
    assert "https://" not in page.text

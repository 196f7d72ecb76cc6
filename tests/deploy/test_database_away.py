"""With its database away a service says so, everywhere: 503 and when to come again, never a failure of its own."""

import re
from collections.abc import AsyncIterator
from importlib import import_module
from uuid import uuid4

import httpx
import pytest
from pydantic import SecretStr

from common.auth import Seal, Staff
from common.run import Service
from common.settings import Settings
from common.vocabulary import Role
from embedded.composition import NAMES
from every_route import operations, routes

NOBODY_THERE = "postgresql+asyncpg://loket:none@127.0.0.1:1/loket"
SECRET = "only for these tests, never elsewhere!"
SEAL = Seal(SECRET)
ID = "00000000-0000-7000-8000-000000000000"
SAYS_SO = {400, 401, 403, 404, 405, 415, 422, 503}


@pytest.fixture(scope="module", params=NAMES)
async def service(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    folder = tmp_path_factory.mktemp("away")
    settings = Settings(
        demo=True,
        data_dir=folder,
        mail_url=f"maildir:{folder / 'mail'}",
        secret_key=SecretStr(SECRET),
        database_url=NOBODY_THERE,
    )
    service: Service = import_module(f"{request.param}.app").build(settings)
    yield service
    await service.close()


@pytest.fixture
async def client(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    """An admin with a session that was good before the database went."""
    token = SEAL.session_token(Staff(uuid4(), uuid4(), Role.ADMIN, "karin", "en"))
    transport = httpx.ASGITransport(service.app, raise_app_exceptions=False)
    headers = {"authorization": f"Bearer {token}", "cookie": f"session={token}", "origin": "http://127.0.0.1:8080"}
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080", headers=headers) as client:
        yield client


async def test_it_is_alive_but_not_ready(client: httpx.AsyncClient) -> None:
    assert (await client.get("/livez")).status_code == 200
    assert (await client.get("/readyz")).status_code == 503
    assert (await client.get("/metrics")).status_code == 200


async def test_no_documented_route_fails_by_itself(service: Service, client: httpx.AsyncClient) -> None:
    failed, away = [], 0
    for method, path, _ in operations(service.app):
        answer = await client.request(method.upper(), re.sub(r"\{[^}]+\}", ID, path), json={"version": 1})
        away += answer.status_code == 503
        if answer.status_code not in SAYS_SO or "problem+json" not in answer.headers["content-type"]:
            failed.append(f"{method} {path}: {answer.status_code}")
        if answer.status_code == 503:
            assert int(answer.headers["retry-after"]) > 0

    assert failed == []
    assert away or service.name == "intake"  # which looks at what it is given first


async def test_no_page_fails_by_itself(service: Service, client: httpx.AsyncClient) -> None:
    failed = []
    for route in routes(service.app.routes):
        if "GET" in (route.methods or ()) and not re.match(r"/(api|metrics|readyz)", route.path):
            answer = await client.get(re.sub(r"\{[^}]+\}", ID, route.path))
            if answer.status_code >= 500 and answer.status_code != 503:
                failed.append(f"{route.path}: {answer.status_code}")

    assert failed == []

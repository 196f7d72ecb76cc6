"""Intake for its tests: one application a session, emptied before each test."""

from collections.abc import AsyncIterator

import httpx
import pytest

from common.db import Database
from common.migrate import migrate_log, migrate_service
from common.run import Service
from common.settings import Settings
from embedded.postgres import Server
from front_desk import Loket
from intake.app import build
from intake.tables import Base
from running import LOG, PLUMBING, empty


@pytest.fixture(scope="session")
async def intake_service(
    postgres: Server, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Service, Database, Settings]]:
    url, log_url = postgres.ensure_database("intake_counter"), postgres.ensure_database("intake_counter_log")
    await migrate_service(url, "intake")
    await migrate_log(log_url)
    await migrate_service(log_url, "intake")  # the other services' outbox, so that they can tell something
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("intake"), intake_database_url=url, log_database_url=log_url, demo=True
    )
    service = build(settings)
    await service.prepare()
    log = Database(log_url, pool_size=4)
    yield service, log, settings
    await log.close()
    await service.close()


@pytest.fixture
async def loket(intake_service: tuple[Service, Database, Settings]) -> AsyncIterator[Loket]:
    service, log, settings = intake_service
    await empty(service.database, Base.metadata)
    await empty(log, names=[*LOG, *PLUMBING])
    transport = httpx.ASGITransport(service.app)
    address = "http://127.0.0.1:8080"
    async with (
        httpx.AsyncClient(transport=transport, base_url=address, headers={"accept-language": "en"}) as browser,
        httpx.AsyncClient(transport=transport, base_url=address) as program,
    ):
        at_work = Loket(service, browser, program, log, settings)
        yield at_work
        for other in at_work.others:
            await other.close()

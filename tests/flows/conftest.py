"""The town of the stories, on the embedded log and on Kafka."""

from collections.abc import AsyncIterator
from importlib import import_module
from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import SecretStr

from common.bus_kafka import create_topics
from common.db import Database
from common.migrate import migrate_log, migrate_service
from common.settings import Settings
from embedded.postgres import Server
from embedded.services import NAMES, build_all
from running import LOG, PLUMBING, Stage, empty
from town import Agent, Customer, Town


@pytest.fixture(scope="session")
async def addresses(postgres: Server) -> dict[str, str]:
    """A migrated database a service, and one for the log."""
    urls = {name: postgres.ensure_database(f"flow_{name}") for name in (*NAMES, "log")}
    for name in NAMES:
        await migrate_service(urls[name], name)
    await migrate_log(urls["log"])
    return {f"{name}_database_url": url for name, url in urls.items()}


@pytest.fixture(params=["embedded", pytest.param("kafka", marks=pytest.mark.kafka)])
async def bus_url(request: pytest.FixtureRequest) -> str:
    """Each story runs over both deployments."""
    if request.param == "embedded":
        return "postgres"
    servers: str = request.getfixturevalue("kafka")
    prefix = f"{uuid4()}."
    await create_topics(servers, prefix=prefix, partitions=3)
    return f"kafka://{servers}/{prefix}"


@pytest.fixture
async def settings(addresses: dict[str, str], bus_url: str, tmp_path: Path) -> Settings:
    """Settings of an empty Loket."""
    for name in NAMES:
        database = Database(addresses[f"{name}_database_url"], pool_size=2)
        await empty(database, import_module(f"{name}.tables").Base.metadata, names=PLUMBING)
        await database.close()
    log = Database(addresses["log_database_url"], pool_size=2)
    await empty(log, names=LOG)
    await log.close()
    return Settings(
        bus_url=bus_url,
        mail_url=f"maildir:{tmp_path / 'mail'}",
        data_dir=tmp_path,
        demo=True,
        secret_key=SecretStr("only for the stories, never elsewhere!"),
        **addresses,  # type: ignore[arg-type]
    )


@pytest.fixture
async def town(settings: Settings) -> AsyncIterator[Town]:
    services = build_all(settings)
    async with Stage(services[0].bus) as stage:
        town = Town(services, stage, settings)
        await town.open()
        yield town
        await town.close()
    for service in services:
        await service.close()


@pytest.fixture
def customer(town: Town) -> Customer:
    return Customer(town, "fatima@example.org")


@pytest.fixture
def stranger(town: Town) -> Customer:
    return Customer(town, "stranger@example.org")


@pytest.fixture
async def front(town: Town) -> Agent:
    return await Agent(town, "frontoffice").log_in()


@pytest.fixture
async def back(town: Town) -> Agent:
    return await Agent(town, "backoffice").log_in()


@pytest.fixture
async def technician(town: Town) -> Agent:
    return await Agent(town, "technician").log_in()

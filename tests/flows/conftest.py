"""The town of the stories, on the embedded log and on Kafka."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from pydantic import SecretStr

from common.bus_kafka import create_topics
from common.migrate import migrate_log, migrate_service
from common.settings import Settings
from embedded.composition import NAMES, build_all
from embedded.postgres import Server
from running import Stage
from town import Agent, Customer, Town

STAFF = ("team", "queue", "agent", "agent_queue", "agent_skill", "agent_language", "skill", "shift", "policy")


@pytest.fixture(scope="session")
async def addresses(postgres: Server) -> dict[str, str]:
    """A migrated database a service, and one for the log."""
    urls = {name: postgres.ensure_database(f"flow_{name}") for name in (*NAMES, "log")}
    for name in NAMES:
        await migrate_service(urls[name], name)
    await migrate_log(urls["log"])
    return {f"{name}_database_url": url for name, url in urls.items()}


@pytest.fixture(scope="session", params=["embedded", pytest.param("kafka", marks=pytest.mark.kafka)])
async def bus_url(request: pytest.FixtureRequest) -> str:
    """Each story runs over both deployments."""
    if request.param == "embedded":
        return "postgres"
    servers: str = request.getfixturevalue("kafka")
    prefix = f"{uuid4()}."
    await create_topics(servers, prefix=prefix, partitions=3)
    return f"kafka://{servers}/{prefix}"


@pytest.fixture(scope="session")
async def built_town(
    addresses: dict[str, str], bus_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Town]:
    """The town as it stands between stories; hashing demo passwords for each story would take most of its time."""
    folder = tmp_path_factory.mktemp("town")
    settings = Settings(
        bus_url=bus_url,
        mail_url=f"maildir:{folder / 'mail'}",
        data_dir=folder,
        demo=True,
        secret_key=SecretStr("only for the stories, never elsewhere!"),
        **addresses,  # type: ignore[arg-type]
    )
    services = build_all(settings)
    async with Stage(services[0].bus) as stage:
        town = Town(services, stage, settings)
        await town.open()
        yield town
        await town.close()
    for service in services:
        await service.close()


@pytest.fixture
async def town(built_town: Town) -> Town:
    """A town in which nothing has happened yet."""
    await built_town.settle()
    await built_town.forget(keep=STAFF)
    return built_town


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

"""A town without people in it, for what the command line fills it with."""

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from common.migrate import migrate_log, migrate_service
from common.settings import Settings
from embedded.composition import NAMES, build_all
from embedded.postgres import Server
from running import Stage
from town import Town

SECRET = "only for these tests, never elsewhere!"


@pytest.fixture(scope="session")
async def addresses(postgres: Server) -> dict[str, str]:
    """A migrated database a service, and one for the log."""
    urls = {name: postgres.ensure_database(f"deploy_{name}") for name in (*NAMES, "log")}
    for name in NAMES:
        await migrate_service(urls[name], name)
    await migrate_log(urls["log"])
    return {f"{name}_database_url": url for name, url in urls.items()}


@pytest.fixture(scope="session")
async def empty_town(addresses: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """Three services around one log, with the demo's staff and nothing to do."""
    folder = tmp_path_factory.mktemp("town")
    settings = Settings(
        mail_url=f"maildir:{folder / 'mail'}",
        data_dir=folder,
        demo=True,
        secret_key=SecretStr(SECRET),
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


@pytest.fixture(scope="session")
def surroundings(addresses: dict[str, str]) -> dict[str, str]:
    """The environment in which a command finds this town."""
    named = {f"LOKET_{name.upper()}": url for name, url in addresses.items()}
    return {**named, "LOKET_DEMO": "true", "LOKET_SECRET_KEY": SECRET}

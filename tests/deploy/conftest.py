"""Towns for what the command line does: one that stays empty, one that `loket seed` fills."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr

from common.migrate import migrate_log, migrate_service
from common.settings import Settings
from embedded.composition import NAMES, build_all
from embedded.postgres import Server
from running import Stage
from town import Town

SECRET = "only for these tests, never elsewhere!"


@asynccontextmanager
async def opened(addresses: dict[str, str], folder: Path) -> AsyncIterator[Town]:
    """Three services around one log, with the demo's staff and nothing to do."""
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


async def migrated(postgres: Server, town: str) -> dict[str, str]:
    """A migrated database a service, and one for the log."""
    urls = {name: postgres.ensure_database(f"{town}_{name}") for name in (*NAMES, "log")}
    for name in NAMES:
        await migrate_service(urls[name], name)
    await migrate_log(urls["log"])
    return {f"{name}_database_url": url for name, url in urls.items()}


def named(addresses: dict[str, str]) -> dict[str, str]:
    urls = {f"LOKET_{name.upper()}": url for name, url in addresses.items()}
    return {**urls, "LOKET_DEMO": "true", "LOKET_SECRET_KEY": SECRET}


@pytest.fixture(scope="session")
async def addresses(postgres: Server) -> dict[str, str]:
    """Where the empty town keeps its rows."""
    return await migrated(postgres, "empty")


@pytest.fixture(scope="session")
async def empty_town(addresses: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """A town in which nobody ever asked anything; who changes it brings it back."""
    async with opened(addresses, tmp_path_factory.mktemp("town")) as town:
        yield town


@pytest.fixture(scope="session")
def surroundings(addresses: dict[str, str]) -> dict[str, str]:
    """The environment in which a command finds the empty town."""
    return named(addresses)


@pytest.fixture(scope="session")
async def seeded_addresses(postgres: Server) -> dict[str, str]:
    """Where the seeded town keeps its rows."""
    return await migrated(postgres, "seeded")


@pytest.fixture(scope="session")
async def seeded_town(
    seeded_addresses: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Town]:
    """The town that the tests of `loket seed` fill."""
    async with opened(seeded_addresses, tmp_path_factory.mktemp("seeded")) as town:
        yield town


@pytest.fixture(scope="session")
def seeded_surroundings(seeded_addresses: dict[str, str]) -> dict[str, str]:
    """The environment in which a command finds the seeded town."""
    return named(seeded_addresses)

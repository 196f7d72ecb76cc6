"""Bringing databases to the newest shape: common's own tables first, then the service's."""

from importlib.resources import files

from alembic import command, context
from alembic.config import Config
from sqlalchemy import MetaData
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool


async def migrate(url: str, *packages: str) -> None:
    """Apply every migration of these `package:folder`s, in order."""
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            for package in packages:
                await connection.run_sync(_upgrade, package)
            await connection.commit()
    finally:
        await engine.dispose()


async def migrate_service(url: str, service: str) -> None:
    """Bring one service's database to its newest shape."""
    await migrate(url, "common:migrations", f"{service}:migrations")


async def migrate_log(url: str) -> None:
    """Bring the database of the PostgreSQL log to its newest shape."""
    await migrate(url, "common:log_migrations")


def configuration(package: str) -> Config:
    """Alembic's settings for `package:folder`."""
    name, folder = package.split(":")
    config = Config()
    config.set_main_option("script_location", str(files(name).joinpath(folder)))
    config.set_main_option(
        "version_table", f"alembic_version_{name}" if folder == "migrations" else f"alembic_version_{folder}"
    )
    return config


def _upgrade(connection: Connection, package: str) -> None:
    config = configuration(package)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def run(metadata: MetaData | None = None) -> None:
    """What each `env.py` calls: migrate over the connection that `migrate` opened."""
    config = context.config
    context.configure(
        connection=config.attributes["connection"],
        target_metadata=metadata,
        version_table=config.get_main_option("version_table") or "alembic_version",
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()

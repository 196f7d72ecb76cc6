"""The `loket` command."""

import asyncio
import sys
from typing import Annotated

import typer
import uvloop

from common import log, telemetry
from common.bus import BusAway
from common.bus_kafka import create_topics
from common.errors import Refusal
from common.migrate import migrate_log, migrate_service
from common.run import listen, serve, web_server
from common.settings import EXIT_WRONG_SETTING, BadSetting, Settings, load
from embedded import (
    audit,
    dead,
    deciding,
    judging,
    laptop,
    mail_trying,
    models,
    policy,
    seed,
    simulating,
    user_list,
    users,
)
from embedded.binaries import PostgresError
from embedded.composition import NAMES, build
from embedded.laptop_settings import LaptopSettings

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(dead.app, name="dead")
app.add_typer(models.app, name="model")
app.add_typer(mail_trying.app, name="mail")
app.add_typer(policy.app, name="policy")
users.app.command("import")(user_list.import_list)
users.app.command("export")(user_list.export_list)
app.add_typer(users.app, name="user")
app.command()(judging.classify)
app.command()(judging.train)
app.command()(judging.evaluate)
app.command()(audit.audit)
app.command()(seed.seed)
app.command()(deciding.decide)
app.command()(simulating.simulate)

ServiceName = Annotated[str, typer.Argument(help=f"One of {', '.join(NAMES)}.", metavar="SERVICE")]


@app.command()
def run() -> None:
    """Run everything on this machine: PostgreSQL, the log, the three services on one port."""
    laptop.run(load(LaptopSettings))


@app.command("serve")
def serve_one(
    service: ServiceName,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
) -> None:
    """Run one service, with its consumers, timers and senders."""
    name = _known(service)
    settings = load(Settings)
    log.configure(settings.log_level)
    telemetry.start_tracing(name)
    with listen(host, port) as bound:
        built = build(name, settings)
        uvloop.run(serve([built], web_server(built.app, settings.trusted_proxies), bound))


@app.command()
def migrate(service: Annotated[str, typer.Argument(help="One service; all of them when left out.")] = "") -> None:
    """Bring the databases to their newest shape; safe to run again."""
    settings = load(Settings)
    for name in [_known(service)] if service else NAMES:
        if not settings.database_of(name):
            raise BadSetting(f"LOKET_{name.upper()}_DATABASE_URL is not set.")
        asyncio.run(migrate_service(settings.database_of(name), name))
        sys.stdout.write(f"{name}: up to date\n")
    if settings.bus_url == "postgres" and settings.database_of("log"):
        asyncio.run(migrate_log(settings.database_of("log")))
        sys.stdout.write("log: up to date\n")


@app.command()
def topics(
    replication: Annotated[int, typer.Option(help="Copies of each partition.", min=1)] = 1,
    partitions: Annotated[int, typer.Option(help="Partitions of each topic.", min=1)] = 12,
) -> None:
    """Create the Kafka topics that are missing."""
    servers, _, prefix = load(Settings).bus_url.removeprefix("kafka://").partition("/")
    if servers == "postgres":
        raise BadSetting("LOKET_BUS_URL names no Kafka; the PostgreSQL log needs no topics.")
    made = asyncio.run(create_topics(servers, prefix=prefix, replication=replication, partitions=partitions))
    sys.stdout.write("\n".join(f"created {name}" for name in made) + "\n" if made else "all topics exist\n")


def _known(service: str) -> str:
    if service not in NAMES:
        raise BadSetting(f"There is no service {service!r}; there are {', '.join(NAMES)}.")
    return service


def main() -> None:
    """Run the command; what a person can mend is one sentence and exit code 2."""
    try:
        app()
    except (BadSetting, PostgresError) as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(EXIT_WRONG_SETTING)
    except (Refusal, BusAway) as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(0)

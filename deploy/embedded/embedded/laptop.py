"""Loket on one machine with one command: a private PostgreSQL, the log inside it, three services on one port."""

import asyncio
import signal
import socket
import sys
from pathlib import Path

import uvicorn
import uvloop

from common import log, telemetry
from common.migrate import migrate_log, migrate_service
from common.run import listen, serve, web_server
from common.settings import BadSetting
from embedded.composition import NAMES, build_all
from embedded.laptop_settings import LaptopSettings
from embedded.loops import in_another_process
from embedded.one_port import OnePort
from embedded.postgres import Server
from intake.settings import IntakeSettings

DEMO_LOGINS = ("frontoffice", "frontoffice2", "backoffice", "backoffice2", "technician", "lead", "admin", "partner")


def run(settings: LaptopSettings) -> None:
    """Run everything until SIGTERM or Ctrl-C. Raises BadSetting and PostgresError with a sentence."""
    _make(settings.data_dir)
    bound = listen(settings.host, settings.http_port)
    log.configure(settings.log_level, settings.data_dir / "loket.log")
    telemetry.start_tracing("laptop")
    signal.signal(signal.SIGTERM, _stop)
    with bound, Server(settings.database_directory) as server:
        for name in (*NAMES, "log"):
            server.ensure_database(name)
        uvloop.run(_serve(settings.complete(), bound))


def _stop(*_: object) -> None:
    """Leave through every `with` on the way out."""
    raise SystemExit(0)


async def _serve(settings: LaptopSettings, bound: socket.socket) -> None:
    await migrate_log(settings.database_of("log"))
    for name in NAMES:
        await migrate_service(settings.database_of(name), name)
    services = build_all(settings)
    server = web_server(OnePort(services, settings.figures_file), settings.trusted_proxies)
    greeting = asyncio.create_task(_greet(settings, server))
    try:
        await serve(services, server, bound, in_another_process)
    finally:
        greeting.cancel()


async def _greet(settings: LaptopSettings, server: uvicorn.Server) -> None:
    """Say where everything is, once it answers."""
    while not server.started:  # noqa: ASYNC110 - uvicorn tells by a flag alone
        await asyncio.sleep(0.05)
    url = settings.public_url
    lines = [
        f"Loket is running at {url}",
        "",
        f"  customers   {url}/",
        f"  agents      {url}/desk",
        f"  mail sent   {url}/dev/mail",
        f"  texts sent  {url}/dev/texts",
        f"  mail in     SMTP at {settings.host}:{IntakeSettings().smtp_port}",
        f"  API         {url}/api/docs",
    ]
    if settings.demo:
        lines += [
            "",
            f"  log in as   {', '.join(DEMO_LOGINS)}",
            f"  password    loket-demo   (or one click: {url}/dev/login)",
        ]
    lines += ["", f"Data in {settings.data_dir.resolve()}, log in loket.log there. Ctrl-C stops; the data stays.", ""]
    sys.stdout.write("\n".join(lines))
    sys.stdout.flush()


def _make(folder: Path) -> None:
    """Make the data directory, or say why it cannot be used."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise BadSetting(
            f"LOKET_DATA_DIR {folder} cannot be written ({error.strerror}): choose another folder."
        ) from error

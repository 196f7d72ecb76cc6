"""Running a service: its background loops are kept alive, its web application served, both stopped cleanly."""

import asyncio
import gc
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from common.bus import Bus
from common.db import Database
from common.log import frames, logger
from common.settings import BadSetting
from common.telemetry import LOOP_FAILURES

log = logger(__name__)

DRAIN_SECONDS = 20
NEW_OBJECTS = 20_000  # that outlive their making, between two looks of the garbage collector
LONGEST_PAUSE_SECONDS = 5.0
HEALTHY_AFTER_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Loop:
    """Something that runs for ever beside the web application; it may fall over and is started again."""

    name: str
    run: Callable[[], Awaitable[None]]


async def _nothing() -> None:
    """Nothing to do."""


@dataclass(frozen=True, slots=True)
class Service:
    """One service, put together and not yet running."""

    name: str
    app: FastAPI
    database: Database
    bus: Bus
    loops: Sequence[Loop] = field(default_factory=tuple)
    prepare: Callable[[], Awaitable[None]] = _nothing  # before the first request; may run at every start
    finish: Callable[[], Awaitable[None]] = _nothing  # when it stops

    async def close(self) -> None:
        """Finish, and give back connections."""
        await self.finish()
        await self.bus.close()
        await self.database.close()


async def keep_alive(service: str, loop: Loop) -> None:
    """Run a loop for ever; when it falls over, say so and start it again after a growing pause."""
    clock = asyncio.get_running_loop()
    pause = 0.1
    while True:
        began = clock.time()
        try:
            await loop.run()
        except asyncio.CancelledError as error:
            if (task := asyncio.current_task()) is None or task.cancelling():
                raise
            _fell_over(service, loop, error)  # something it waited for was cancelled; nobody asked it to stop
        except Exception as error:  # noqa: BLE001 - the loops' edge
            _fell_over(service, loop, error)
        if clock.time() - began > HEALTHY_AFTER_SECONDS:
            pause = 0.1
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


def _fell_over(service: str, loop: Loop, error: BaseException) -> None:
    LOOP_FAILURES.labels(service, loop.name).inc()
    log.warning(
        "loop fell over", service=service, loop=loop.name, error=type(error).__name__, frames=frames(error)[-4:]
    )


async def run_loops(services: Sequence[Service]) -> None:
    """Keep the loops of these services running until cancelled."""
    async with asyncio.TaskGroup() as group:
        for service in services:
            for loop in service.loops:
                group.create_task(keep_alive(service.name, loop), name=f"{service.name} {loop.name}")


def listen(host: str, port: int) -> socket.socket:
    """A bound socket. Raises BadSetting with a sentence when the port is taken or not ours to take."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise BadSetting(
            f"Port {port} cannot be used ({error.strerror}): choose another with LOKET_HTTP_PORT."
        ) from error
    return bound


class _Server(uvicorn.Server):
    """uvicorn, without sending itself the signal again once it has stopped: what follows would be cut short."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Let SIGINT and SIGTERM end the serving, and nothing else."""
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def web_server(app: ASGIApp, trusted_proxies: str = "") -> uvicorn.Server:
    """A server for the application, not yet started; only those proxies are believed about who the visitor is."""
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=DRAIN_SECONDS,
        limit_concurrency=2000,
        proxy_headers=True,
        forwarded_allow_ips=trusted_proxies,
    )
    return _Server(config)


def settle_in() -> None:
    """Let the garbage collector pass over what was loaded by now, and come by less often.

    Models, mappers and schemas stay as long as the process does; looking through them again after every few hundred
    new objects was a third of what a batch of events cost.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 20, 20)


async def serve(
    services: Sequence[Service],
    server: uvicorn.Server,
    bound: socket.socket,
    background: Callable[[Sequence[Service]], Awaitable[None]] = run_loops,
) -> None:
    """Serve on a bound socket until SIGTERM or SIGINT; requests drain first, then loops stop, then pools close.

    `background` keeps the loops going; another one may do so in another process.
    """
    for service in services:
        await service.prepare()
    settle_in()
    loops = asyncio.ensure_future(background(services))
    try:
        await server.serve(sockets=[bound])
    finally:
        loops.cancel()
        await asyncio.gather(loops, return_exceptions=True)
        for service in services:
            await service.close()

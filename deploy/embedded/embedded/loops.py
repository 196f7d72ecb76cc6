"""The laptop's second process: consumers, relays, timers and the sender, so that both cores work.

`loket run` starts it and starts it again when it dies; it ends when `loket run` does, even by kill -9.
"""

import asyncio
import signal
import sys
from collections.abc import Sequence
from typing import Any

import uvloop

from common import log, telemetry
from common.run import Service, run_loops, settle_in
from common.settings import load
from embedded.composition import build_all
from embedded.figures import keep_writing
from embedded.laptop_settings import LaptopSettings

AGAIN_AFTER_SECONDS = 0.5
PATIENCE_SECONDS = 15


async def in_another_process(_services: Sequence[Service]) -> None:
    """Keep a process with the loops running until cancelled."""
    while True:
        # A session of its own: Ctrl-C reaches `loket run`, which first answers what it has taken in.
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "embedded.loops", stdin=asyncio.subprocess.PIPE, start_new_session=True
        )
        try:
            code = await process.wait()
        finally:
            if process.returncode is None:
                await _stop(process)
        log.logger(__name__).warning("the loops' process ended and is started again", code=code)
        await asyncio.sleep(AGAIN_AFTER_SECONDS)


async def _stop(process: asyncio.subprocess.Process) -> None:
    process.terminate()
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()


async def _until_told(settings: LaptopSettings) -> None:
    """Run the loops until SIGTERM, or until whoever started us is gone."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    loop.add_reader(sys.stdin.fileno(), told.set)  # readable only when its other end is gone
    services = build_all(settings)
    settle_in()
    running = asyncio.gather(run_loops(services), keep_writing(settings.figures_file))
    either: list[asyncio.Future[Any]] = [running, loop.create_task(told.wait())]
    await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    for service in services:
        await service.close()


def main() -> None:
    """What `python -m embedded.loops` does."""
    settings = load(LaptopSettings)
    log.configure(settings.log_level, settings.data_dir / "loops.log")
    telemetry.start_tracing("laptop")
    uvloop.run(_until_told(settings.complete()))


if __name__ == "__main__":
    main()

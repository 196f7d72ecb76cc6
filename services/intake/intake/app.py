"""Intake put together: people bring tickets, see how they stand, and say more."""

import asyncio
from functools import partial
from zoneinfo import ZoneInfo

from common.app import build_app
from common.assemble import bus_for, common_loops, wakeups_for
from common.auth import Seal
from common.brand import Brand
from common.clock import now
from common.db import Database
from common.pages import Pages
from common.run import Loop, Service
from common.settings import Settings
from common.shortcut import shorten
from intake import api, repeats
from intake.attachments import AttachmentStore
from intake.consumers import GROUP, HANDLERS
from intake.context import Parts
from intake.documented import document
from intake.judging import Judge
from intake.reception import Reception
from intake.settings import IntakeSettings
from intake.web import documentation, files, form, status

TIDY_EVERY_SECONDS = 3600


def build(settings: Settings) -> Service:
    """The service as these settings want it, not yet running."""
    database = Database(settings.database_of(GROUP), pool_size=settings.pool_size)
    bus = bus_for(settings)
    judge = Judge()
    pages = Pages(GROUP, brand=Brand.of(settings), zone=ZoneInfo(settings.zone))
    app = build_app(GROUP, database, pages.error)
    app.state.parts = Parts(
        reception=Reception(database, judge),
        store=AttachmentStore.at(IntakeSettings().attachments_url, settings.data_dir / "attachments"),
        seal=Seal(settings.secret_key.get_secret_value()),
        pages=pages,
        base_url=settings.public_url,
    )
    for router in (api.busiest, api.router, form.router, files.router, status.router, documentation.router):
        app.include_router(router)
    shorten(app, *api.busiest.routes)
    app.mount("/static", pages.static)
    app.openapi = partial(document, app)  # type: ignore[method-assign]
    wakeups = wakeups_for(database)
    loops = [*common_loops(GROUP, database, bus, wakeups, HANDLERS), Loop("tidy", partial(tidy, database))]
    return Service(GROUP, app, database, bus, loops, judge.ready, judge.close)


async def tidy(database: Database) -> None:
    """Give up idempotency keys that are too old to come again, for ever."""
    while True:
        async with database.transaction() as session:
            await repeats.forget(session, now())
        await asyncio.sleep(TIDY_EVERY_SECONDS)

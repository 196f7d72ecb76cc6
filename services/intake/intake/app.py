"""Intake put together: people bring tickets, see how they stand, and say more."""

import asyncio
from functools import partial
from zoneinfo import ZoneInfo

from common.app import build_app
from common.assemble import bus_for, common_loops, wakeups_for
from common.auth import SESSION_LIFE, Seal
from common.brand import Brand
from common.clock import now
from common.db import Database
from common.pages import Pages
from common.run import Loop, Service
from common.settings import Settings
from common.shortcut import shorten
from intake import api, callbacks, projections, repeats, splitting, texted
from intake.allowance import Allowance, networks
from intake.attachments import AttachmentStore
from intake.consumers import GROUP, HANDLERS
from intake.context import Parts
from intake.documented import document
from intake.incoming import CHANNEL
from intake.judging import Judge
from intake.mailroom.assembly import house_of, loops_of
from intake.mailroom.viewers import Viewers
from intake.mailroom.worker import Desk
from intake.nights import every_night
from intake.reception import Reception
from intake.settings import IntakeSettings
from intake.splitter import Splitter
from intake.teaching import Teacher
from intake.texting import Texting, own_digits
from intake.web import as_sent, dev_texts, documentation, files, form, mail, models, status, texts

TIDY_EVERY_SECONDS = 3600


def build(settings: Settings) -> Service:
    """The service as these settings want it, not yet running."""
    database = Database(settings.database_of(GROUP), pool_size=settings.pool_size)
    bus = bus_for(settings)
    judge = Judge(Teacher(database))
    pages = Pages(GROUP, brand=Brand.of(settings), zone=ZoneInfo(settings.zone))
    app = build_app(GROUP, database, pages.error)
    own = IntakeSettings()
    seal = Seal(settings.secret_key.get_secret_value())
    store = AttachmentStore.at(own.attachments_url, settings.data_dir / "attachments")
    viewers = Viewers()
    app.state.sms_secret = own.sms_secret.get_secret_value()
    app.state.texting = Texting(database, judge, own_digits(own.sms_sender), own.country)
    app.state.splitter = Splitter(database, judge)
    app.state.parts = Parts(
        reception=Reception(database, judge),
        store=store,
        seal=seal,
        pages=pages,
        base_url=settings.public_url,
        allowance=Allowance(own.limit_burst, own.limit_per_minute, networks(own.limit_exempt)),
        viewers=viewers,
    )
    for router in (
        api.busiest,
        api.router,
        callbacks.router,
        form.router,
        files.router,
        texts.router,  # before mail, which takes all that stands behind /mail/
        mail.router,
        as_sent.router,
        models.router,
        status.router,
        documentation.router,
    ):
        app.include_router(router)
    if settings.demo:
        app.include_router(dev_texts.router)
    shorten(app, *api.busiest.routes)
    app.mount("/static", pages.static)
    app.openapi = partial(document, app)  # type: ignore[method-assign]
    wakeups = wakeups_for(database, CHANNEL, splitting.CHANNEL)
    desk = Desk(database, judge, store, seal, house_of(settings, own))
    loops = [
        *common_loops(GROUP, database, bus, wakeups, HANDLERS),
        *loops_of(desk, own, wakeups),
        Loop("splits", partial(app.state.splitter.run, wakeups)),
        Loop("tidy", partial(tidy, database)),
        Loop("refit", partial(every_night, database, ZoneInfo(settings.zone))),
    ]
    return Service(GROUP, app, database, bus, loops, judge.ready, partial(_finish, judge, viewers))


async def _finish(judge: Judge, viewers: Viewers) -> None:
    await judge.close()
    await viewers.close()


async def tidy(database: Database) -> None:
    """Give up what is too old to come again, for ever."""
    while True:
        async with database.transaction() as session:
            await repeats.forget(session, now())
            await projections.forget_sessions(session, now() - SESSION_LIFE)
            await texted.forget(session, now())
        await asyncio.sleep(TIDY_EVERY_SECONDS)

"""The composition root of routing: the only place that knows which log and database are used."""

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
from routing import api, staff
from routing.alarm import CHANNEL
from routing.consumers import GROUP, HANDLERS
from routing.entrance import Entrance
from routing.passwords import Passwords
from routing.timers import run_timers


def build(settings: Settings) -> Service:
    """Routing, put together and not yet running."""
    database = Database(settings.database_of(GROUP), pool_size=settings.pool_size)
    bus = bus_for(settings)
    wakeups = wakeups_for(database, CHANNEL)
    passwords = Passwords()
    pages = Pages(GROUP, brand=Brand.of(settings), zone=ZoneInfo(settings.zone))
    app = build_app(GROUP, database, pages.error)
    app.mount("/static", pages.static)
    app.state.pages = pages
    app.state.public_url = settings.public_url
    app.state.entrance = Entrance(database, Seal(settings.secret_key.get_secret_value()), passwords)
    app.include_router(api.router)

    async def prepare() -> None:
        async with database.transaction() as session:
            await staff.ensure_defaults(session, now())
            if settings.demo:
                await staff.ensure_demo(session, passwords.hashed, now())

    loops = [
        *common_loops(GROUP, database, bus, wakeups, HANDLERS),
        Loop("timers", lambda: run_timers(database, wakeups)),
    ]
    return Service(GROUP, app, database, bus, loops, prepare)

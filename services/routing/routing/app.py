"""The composition root of routing: the only place that knows which log and database are used."""

from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo

from fastapi import Request, Response

from common.app import build_app
from common.assemble import bus_for, common_loops, wakeups_for
from common.auth import Seal, cookie_name
from common.brand import Brand
from common.clock import now
from common.db import Database
from common.pages import Pages
from common.run import Loop, Service
from common.settings import Settings
from common.shortcut import shorten
from routing import api, beginnings, publishing, timekeeping
from routing.alarm import CHANNEL
from routing.alarms import keep_telling
from routing.asking import Questions
from routing.consumers import GROUP, HANDLERS
from routing.entrance import Entrance
from routing.hearing import Hearing
from routing.identity import COOKIE
from routing.keeping import keep_thinning
from routing.passwords import Passwords
from routing.pushing import run_matching
from routing.revisions import run_revisions
from routing.timers import run_timers
from routing.web import as_sent, attendance, desk, filter_page, incidents, login, offered, policy, time_pages
from routing.web.admin import router as admin_router
from routing.web.browser import way_in

UNAUTHORISED = 401


def build(settings: Settings) -> Service:
    """Routing, put together and not yet running."""
    database = Database(settings.database_of(GROUP), pool_size=settings.pool_size)
    bus = bus_for(settings)
    wakeups = wakeups_for(database, CHANNEL, publishing.CHANNEL)
    passwords = Passwords()
    zone = ZoneInfo(settings.zone)
    seal = Seal(settings.secret_key.get_secret_value())
    pages = Pages(
        GROUP,
        brand=Brand.of(settings),
        zone=zone,
        shared=partial(_around, seal, cookie_name(COOKIE, settings.public_url)),
    )
    app = build_app(GROUP, database, partial(_show_error, pages))
    app.mount("/static", pages.static)
    app.state.pages = pages
    app.state.public_url = settings.public_url
    app.state.seal = seal
    app.state.entrance = Entrance(database, seal, passwords)
    app.state.hearing = Hearing(database)
    asking = Database(settings.database_of(GROUP), pool_size=1)
    app.state.questions = Questions(asking)
    app.state.zone = zone
    app.state.has_demo = settings.demo
    app.include_router(api.router)
    shorten(app, *api.asking.router.routes)
    app.include_router(login.router)
    app.include_router(desk.router)
    app.include_router(attendance.router)
    app.include_router(offered.router)
    app.include_router(as_sent.router)
    app.include_router(admin_router)
    app.include_router(time_pages.router)
    app.include_router(policy.router)
    app.include_router(filter_page.router)
    app.include_router(incidents.router)
    if settings.demo:
        app.include_router(login.dev_router)

    async def prepare() -> None:
        async with database.transaction() as session:
            await beginnings.ensure_defaults(session, now())
            await timekeeping.ensure_calendars(session, settings.zone, now())
            if settings.demo:
                await beginnings.ensure_demo(session, passwords.hashed, now())

    loops = [
        *common_loops(GROUP, database, bus, wakeups, HANDLERS),
        Loop("timers", lambda: run_timers(database, wakeups)),
        Loop("matching", lambda: run_matching(database, wakeups)),
        Loop("revisions", lambda: run_revisions(database, wakeups)),
        Loop("alarms", lambda: keep_telling(database)),
        Loop("thinning", lambda: keep_thinning(database, timedelta(days=settings.decision_days))),
    ]
    return Service(GROUP, app, database, bus, loops, prepare, asking.close)


def _around(seal: Seal, cookie: str, request: Request) -> dict[str, object]:
    """Even a page that says what went wrong knows whether it is shown to staff."""
    staff_there = seal.open_session(request.cookies.get(cookie, ""))
    return {"viewer_name": staff_there.username} if staff_there else {}


def _show_error(pages: Pages, request: Request, status: int, sentence: str, values: dict[str, str | float]) -> Response:
    """Who is not logged in is shown the way in; everybody else what went wrong."""
    if status == UNAUTHORISED:
        return way_in(request)
    return pages.error(request, status, sentence, values)

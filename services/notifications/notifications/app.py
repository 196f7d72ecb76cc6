"""The composition root of notifications: the only place that knows which channel, log and database are used."""

from collections.abc import Sequence
from functools import partial
from zoneinfo import ZoneInfo

from fastapi import FastAPI

from common.app import build_app
from common.assemble import bus_for, common_loops, wakeups_for
from common.auth import Seal
from common.brand import Brand
from common.db import Database
from common.pages import Pages
from common.run import Loop, Service
from common.settings import Settings, load
from common.vocabulary import Channel as Means
from notifications import api, callbacks
from notifications.caller import Caller
from notifications.channels import Channel
from notifications.consumers import GROUP, HANDLERS
from notifications.letters import Letters
from notifications.maildir import Maildir
from notifications.outside import Outside
from notifications.queries import CHANNEL
from notifications.sender import Sender, Way
from notifications.settings import Outgoing
from notifications.staff_mail import CHANNEL as STAFF
from notifications.staff_mail import StaffPost
from notifications.subscribers import CHANNEL as CALLS
from notifications.telling import House
from notifications.text_folder import TextFolder
from notifications.upkeep import keep_up, keep_words
from notifications.versions import CHANNEL as WORDS
from notifications.ways import every_way, surroundings, vapid_of
from notifications.web import calls, dev_mail, dev_texts, frame, news, notices, preferences, words
from notifications.webhooks import Webhooks
from notifications.wording import Templates


def build(settings: Settings) -> Service:
    """Notifications, put together and not yet running."""
    database = Database(settings.database_of(GROUP), pool_size=settings.pool_size)
    bus = bus_for(settings)
    wakeups = wakeups_for(database, CHANNEL, CALLS, WORDS, STAFF)
    outgoing = load(Outgoing)
    if settings.demo:
        outgoing = outgoing.in_the_house(settings.data_dir)
    outside, templates = Outside(outgoing.trusted), Templates(Brand.of(settings))
    ways = every_way(settings, outgoing, templates, outside)
    app = _app(settings, database)
    app.state.sms_secret = outgoing.sms_secret.get_secret_value()
    app.state.templates = templates
    app.state.vapid_key = vapid_of(settings).public_key
    if settings.demo:
        _show_what_stays(app, [way.channel for way in ways])
    around = surroundings(settings, ways)
    senders = [Sender(database, way, around) for way in ways]
    to_staff = StaffPost(database, ways[0].channel, House.of(settings), templates, settings.mail_address)
    caller = Caller(database, Webhooks(outside))
    loops = [
        *common_loops(GROUP, database, bus, wakeups, HANDLERS),
        *(Loop(_named(way), partial(sender.run, wakeups)) for way, sender in zip(ways, senders, strict=True)),
        Loop("mail to staff", lambda: to_staff.run(wakeups)),
        Loop("caller", lambda: caller.run(wakeups)),
        Loop("words", lambda: keep_words(database, templates, wakeups)),
        Loop("upkeep", lambda: keep_up(database)),
    ]
    return Service(GROUP, app, database, bus, loops)


def _show_what_stays(app: FastAPI, channels: Sequence[Channel]) -> None:
    """Pages for what does not leave this computer."""
    for channel in channels:
        match channel:
            case Maildir():
                app.state.mail_folder = channel.folder
                app.include_router(dev_mail.router)
            case TextFolder():
                app.state.text_folder = channel.folder
                app.include_router(dev_texts.texts)
            case Letters():
                app.state.letter_folder = channel.folder
                app.include_router(dev_texts.letters)


def _named(way: Way) -> str:
    return "sender" if way.means is Means.EMAIL else f"sender of {way.means.value}"


def _app(settings: Settings, database: Database) -> FastAPI:
    pages = Pages(GROUP, brand=Brand.of(settings), zone=ZoneInfo(settings.zone))
    app = build_app(GROUP, database, pages.error)
    app.mount("/static", pages.static)
    app.state.pages = pages
    app.state.base_url = settings.public_url
    app.state.seal = Seal(settings.secret_key.get_secret_value())
    app.state.zone = ZoneInfo(settings.zone)
    app.state.brand = Brand.of(settings)
    for part in (api, callbacks, words, frame, news, calls, notices, preferences):
        app.include_router(part.router)
    return app

"""The composition root of notifications: the only place that knows which channel, log and database are used."""

from pathlib import Path
from zoneinfo import ZoneInfo

from common.app import build_app
from common.assemble import bus_for, common_loops, wakeups_for
from common.auth import Seal
from common.brand import Brand
from common.db import Database
from common.pages import Pages
from common.run import Loop, Service
from common.settings import Settings
from notifications import api
from notifications.channels import Channel
from notifications.consumers import GROUP, HANDLERS
from notifications.mail import Writer
from notifications.maildir import Maildir
from notifications.queries import CHANNEL
from notifications.sender import Sender
from notifications.smtp import Smtp, server_of
from notifications.upkeep import keep_up
from notifications.web import dev_mail


def build(settings: Settings) -> Service:
    """Notifications, put together and not yet running."""
    database = Database(settings.database_of(GROUP), pool_size=settings.pool_size)
    bus = bus_for(settings)
    wakeups = wakeups_for(database, CHANNEL)
    channel = channel_for(settings.mail_url)
    sender = Sender(database, channel, writer_for(settings))
    pages = Pages(GROUP, brand=Brand.of(settings), zone=ZoneInfo(settings.zone))
    app = build_app(GROUP, database, pages.error)
    app.mount("/static", pages.static)
    app.state.pages = pages
    app.state.base_url = settings.public_url
    app.state.seal = Seal(settings.secret_key.get_secret_value())
    app.include_router(api.router)
    if settings.demo and isinstance(channel, Maildir):
        app.state.mail_folder = channel.folder
        app.include_router(dev_mail.router)
    loops = [
        *common_loops(GROUP, database, bus, wakeups, HANDLERS),
        Loop("sender", lambda: sender.run(wakeups)),
        Loop("upkeep", lambda: keep_up(database)),
    ]
    return Service(GROUP, app, database, bus, loops)


def channel_for(mail_url: str) -> Channel:
    """The channel that `LOKET_MAIL_URL` names."""
    if mail_url.startswith("maildir:"):
        return Maildir(Path(mail_url.removeprefix("maildir:")))
    return Smtp(server_of(mail_url))


def writer_for(settings: Settings) -> Writer:
    """Writes mails as these settings say."""
    return Writer(
        sender=settings.mail_address,
        brand=Brand.of(settings),
        public_url=settings.public_url,
        zone=ZoneInfo(settings.zone),
        seal=Seal(settings.secret_key.get_secret_value()),
    )

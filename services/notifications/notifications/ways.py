"""Which ways to people this organisation has, put together from its settings."""

from collections.abc import Sequence
from email.utils import parseaddr
from pathlib import Path

from common.settings import Settings
from common.vocabulary import Channel as Means
from notifications.channels import Channel
from notifications.letters import Letters
from notifications.mail import MailWriter
from notifications.maildir import Maildir
from notifications.outside import Outside
from notifications.push import Push, Vapid
from notifications.sender import Surroundings, Way
from notifications.settings import FOLDER, Outgoing
from notifications.sms import FIELDS, Provider, Sms
from notifications.smtp import Smtp, server_of
from notifications.telling import House
from notifications.text_folder import TextFolder
from notifications.wording import Templates
from notifications.writers import LetterWriter, PushWriter, TextWriter


def mail_channel(mail_url: str) -> Channel:
    """The channel that `LOKET_MAIL_URL` names."""
    if mail_url.startswith("maildir:"):
        return Maildir(Path(mail_url.removeprefix("maildir:")))
    return Smtp(server_of(mail_url))


def mail_way(settings: Settings, templates: Templates) -> Way:
    """Mail, which everybody has."""
    return Way(
        Means.EMAIL,
        mail_channel(settings.mail_url),
        MailWriter(House.of(settings), templates, settings.mail_address),
    )


def vapid_of(settings: Settings) -> Vapid:
    """Our name towards push services."""
    return Vapid(settings.secret_key.get_secret_value(), parseaddr(settings.mail_address)[1])


def every_way(settings: Settings, outgoing: Outgoing, templates: Templates, outside: Outside) -> Sequence[Way]:
    """Mail and push, texts when there is a provider, letters when there is a folder for them."""
    house = House.of(settings)
    ways = [
        mail_way(settings, templates),
        Way(Means.PUSH, Push(vapid_of(settings), outside), PushWriter(house, templates)),
    ]
    if outgoing.sms_url:
        writer = TextWriter(house, templates, outgoing.sms_sender, outgoing.country)
        ways.append(Way(Means.SMS, text_channel(outgoing, outside), writer))
    if outgoing.letter_dir:
        ways.append(Way(Means.LETTER, Letters(outgoing.letter_dir), LetterWriter(house, templates)))
    return ways


def text_channel(outgoing: Outgoing, outside: Outside) -> Channel:
    """The channel that `LOKET_SMS_URL` names."""
    if outgoing.sms_url.startswith(FOLDER):
        return TextFolder(Path(outgoing.sms_url.removeprefix(FOLDER)))
    token = outgoing.sms_token.get_secret_value()
    provider = Provider(outgoing.sms_url, token, outgoing.sms_form, FIELDS | outgoing.sms_fields)
    return Sms(provider, outside)


def surroundings(settings: Settings, ways: Sequence[Way]) -> Surroundings:
    """What the senders of these ways share."""
    address = parseaddr(settings.mail_address)[1]
    return Surroundings([way.means for way in ways], House.of(settings).zone, address.rpartition("@")[2])

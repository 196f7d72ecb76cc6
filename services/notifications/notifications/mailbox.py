"""Reading the laptop's Maildir: what was sent, newest first."""

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

_NAME = re.compile(r"\d{1,30}\.[0-9a-f-]{36}\.loket(?::2,[A-Z]*)?")


@dataclass(frozen=True, slots=True)
class Listed:
    """One mail in the list."""

    name: str
    recipient: str
    subject: str
    heading: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Opened:
    """One mail, readable."""

    name: str
    subject: str
    headers: list[tuple[str, str]]
    text: str
    html: str


def newest(folder: Path, most: int) -> list[Listed]:
    """The last mails, newest first; none when the folder is not there yet."""
    found = [path for part in ("new", "cur") for path in (folder / part).glob("*.loket*")]
    found.sort(key=lambda path: path.name, reverse=True)
    return [_listed(path) for path in found[:most]]


def opened(folder: Path, name: str) -> Opened | None:
    """The mail of this name; None when there is none."""
    if not _NAME.fullmatch(name):
        return None
    path = next((path for part in ("new", "cur") if (path := folder / part / name).is_file()), None)
    if path is None:
        return None
    mail = _read(path)
    headers = [(key, str(value)) for key, value in mail.items()]
    return Opened(name, str(mail["subject"]), headers, _part(mail, "plain"), _part(mail, "html"))


def _listed(path: Path) -> Listed:
    mail = _read(path)
    heading = _part(mail, "plain").partition("\n")[0]
    return Listed(path.name, str(mail["to"]), str(mail["subject"]), heading, mail["date"].datetime)


def _read(path: Path) -> EmailMessage:
    return message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=default)


def _part(mail: EmailMessage, subtype: str) -> str:
    part = mail.get_body((subtype,))
    return str(part.get_content()) if part else ""

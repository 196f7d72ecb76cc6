"""From a claimed delivery to a mail: the words, the headers that make clients thread it, and the bytes."""

from binascii import b2a_base64, b2a_qp
from datetime import datetime
from email.utils import format_datetime, parseaddr
from zoneinfo import ZoneInfo

from common.auth import Seal
from common.brand import Brand
from common.texts import words
from common.texts.spoken import Spoken
from notifications.channels import Mail
from notifications.notices import NoticeKind
from notifications.queries import Claimed
from notifications.wording import Letter, Templates

WORD_BYTES = 45  # of UTF-8 in one encoded word, which may be 75 characters long
FOLD_AT = 76


class UnusableAddress(ValueError):
    """An address no mail can be sent to."""


class Writer:
    """Writes mails in the name of one organisation."""

    def __init__(self, *, sender: str, brand: Brand, public_url: str, zone: ZoneInfo, seal: Seal) -> None:
        name, address = parseaddr(sender)
        self._from = f"{_phrase(name)} <{checked(address)}>" if name else checked(address)
        self._address = address
        self._mailbox, _, self.domain = address.rpartition("@")
        self._brand = brand.name
        self._public_url = public_url
        self._zone = zone
        self._seal = seal
        self._templates = Templates(brand)

    def write(self, claimed: Claimed, now: datetime) -> Mail:
        """The mail as it should read at this moment. Raises UnusableAddress."""
        recipient = checked(claimed.email or "")
        letter = self._letter(claimed, now)
        headers = self._headers(claimed, recipient, letter.subject, now)
        content = _message(headers, letter, boundary=f"=_{claimed.delivery_id.hex}")
        return Mail(claimed.delivery_id, self._address, recipient, content)

    def _letter(self, claimed: Claimed, now: datetime) -> Letter:
        spoken = Spoken(words("common", claimed.language), self._zone, lambda: now)
        status_url = self._seal.status_url(self._public_url, claimed.reference)
        values = {
            "brand": self._brand,
            "reference": claimed.reference,
            "status_url": status_url,
            "feedback_url": f"{status_url}#feedback",
            "answer_by": _ahead(spoken, claimed.answer_by, now),
            "solve_by": _ahead(spoken, claimed.solve_by, now),
            "until": _ahead(spoken, claimed.until, now),
            "agent_name": claimed.agent_name or "",
            "has_words": "yes" if claimed.body else "",
        }
        return self._templates.letter(claimed.kind, claimed.language, values, claimed.body)

    def _headers(self, claimed: Claimed, recipient: str, subject: str, now: datetime) -> list[tuple[str, str]]:
        # The root is never sent; every mail of a ticket refers to it, so that clients thread them whatever gets lost.
        root = f"<{self._seal.thread_id(claimed.ticket_id, recipient, self.domain)}>"
        earlier = [f"<{mail_id}>" for mail_id in claimed.earlier_mail_ids]
        prefix = "" if claimed.kind is NoticeKind.ACKNOWLEDGEMENT else "Re: "
        token = self._seal.reply_token(claimed.ticket_id, recipient)
        headers = [
            ("From", self._from),
            ("To", recipient),
            ("Reply-To", f"{self._mailbox}+{token}@{self.domain}"),
            ("Subject", _unstructured(prefix + subject)),
            ("Date", format_datetime(now.astimezone(self._zone))),
            ("Message-ID", f"<{claimed.mail_id}>"),
            ("In-Reply-To", earlier[0] if earlier else root),
            ("References", " ".join([root, *reversed(earlier)])),
        ]
        # A program may not answer a program; what an agent wrote may be answered by anybody.
        if not claimed.body:
            headers += [("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All")]
        return headers


def checked(address: str) -> str:
    """The address, when it can stand in a header and an envelope. Raises UnusableAddress."""
    local, at, domain = address.rpartition("@")
    is_odd = any(c.isspace() or not c.isprintable() or c in '<>()[]\\,;:"' for c in address)
    if not at or not local or not domain or is_odd:
        raise UnusableAddress("the address cannot be used")
    try:
        return f"{local}@{domain if domain.isascii() else domain.encode('idna').decode()}"
    except UnicodeError as error:
        raise UnusableAddress("the address cannot be used") from error


def _ahead(spoken: Spoken, moment: datetime | None, now: datetime) -> str:
    """The moment as a promise; empty when there is none or it has passed, for then it is no promise any more."""
    return spoken.before(moment) if moment and moment > now else ""


def _message(headers: list[tuple[str, str]], letter: Letter, boundary: str) -> bytes:
    # Written by hand: EmailMessage took 2.8 ms a mail, most of it parsing back the headers it was given.
    head = [
        *(_folded(name, value) for name, value in headers),
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative; boundary="{boundary}"',
    ]
    parts = [_part("plain", letter.text), _part("html", letter.html)]
    body = b"".join(b"--%s\r\n%s\r\n" % (boundary.encode(), part) for part in parts)
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body + b"--%s--\r\n" % boundary.encode()


def _part(subtype: str, content: str) -> bytes:
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    encoded = b2a_qp(content.encode("utf-8", "replace"), istext=True)
    return head.encode() + encoded.replace(b"\n", b"\r\n")


def _folded(name: str, value: str) -> str:
    """The header on lines of at most 76 characters where spaces allow it. Raises ValueError on a line end inside."""
    if not value.isprintable():
        raise ValueError(f"the header {name} would hold a control character")
    lines = [f"{name}:"]
    for word in value.split(" "):
        if len(lines[-1]) + 1 + len(word) > FOLD_AT and lines[-1].strip() != f"{name}:":
            lines.append("")
        lines[-1] += f" {word}"
    return "\r\n".join(lines)


def _unstructured(text: str) -> str:
    return text if text.isascii() else _encoded(text)


def _phrase(name: str) -> str:
    if not name.isascii():
        return _encoded(name)
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _encoded(text: str) -> str:
    """The text as RFC 2047 words, cut between characters."""
    chunks = [""]
    for character in text:
        if len((chunks[-1] + character).encode()) > WORD_BYTES:
            chunks.append("")
        chunks[-1] += character
    coded = (b2a_base64(chunk.encode("utf-8", "replace"), newline=False).decode() for chunk in chunks)
    return " ".join(f"=?utf-8?b?{word}?=" for word in coded)

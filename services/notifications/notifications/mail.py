"""From a claimed delivery to a mail: the words, and the headers that make clients thread it."""

from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime, parseaddr

from notifications.channels import Parcel
from notifications.choice import MAY_BE_STOPPED
from notifications.claims import Claimed
from notifications.mime import message, phrase, unstructured
from notifications.notices import NoticeKind
from notifications.telling import House
from notifications.wording import Letter, Templates
from notifications.writers import UnusableAddress

BETWEEN = "\n\n* * *\n\n"  # replies that are told together


class MailWriter:
    """Writes mails in the name of one organisation."""

    def __init__(self, house: House, templates: Templates, sender: str) -> None:
        name, address = parseaddr(sender)
        self._from = f"{phrase(name)} <{usable(address)}>" if name else usable(address)
        self._address = address
        self._mailbox, _, self.domain = address.rpartition("@")
        self._house = house
        self._templates = templates

    def write(self, claimed: Claimed, now: datetime) -> Parcel:
        """The mail as it should read at this moment. Raises UnusableAddress."""
        recipient = usable(claimed.email or "")
        letter = self._letter(claimed, now)
        headers = self._headers(claimed, recipient, letter.subject, now)
        content = message(headers, letter, boundary=f"=_{claimed.delivery_id.hex}")
        return Parcel(claimed.delivery_id, self._address, recipient, content)

    def _letter(self, claimed: Claimed, now: datetime) -> Letter:
        told = together(claimed)
        values = self._house.values(told, now)
        return self._templates.letter(claimed.kind, claimed.language, values, told.body)

    def _headers(self, claimed: Claimed, recipient: str, subject: str, now: datetime) -> list[tuple[str, str]]:
        # The root is never sent; every mail of a ticket refers to it, so that clients thread them whatever gets lost.
        root = f"<{self._house.seal.thread_id(claimed.ticket_id, recipient, self.domain)}>"
        earlier = [f"<{mail_id}>" for mail_id in claimed.earlier_mail_ids]
        prefix = "" if claimed.kind is NoticeKind.ACKNOWLEDGEMENT else "Re: "
        token = self._house.seal.reply_token(claimed.ticket_id, recipient)
        headers = [
            ("From", self._from),
            ("To", recipient),
            ("Reply-To", f"{self._mailbox}+{token}@{self.domain}"),
            ("Subject", unstructured(prefix + subject)),
            ("Date", format_datetime(now.astimezone(self._house.zone))),
            ("Message-ID", f"<{claimed.mail_id}>"),
            ("In-Reply-To", earlier[0] if earlier else root),
            ("References", " ".join([root, *reversed(earlier)])),
        ]
        # A program may not answer a program; what an agent wrote may be answered by anybody.
        if not claimed.body or claimed.kind is NoticeKind.NEWS:
            headers += [("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All")]
        if claimed.kind in MAY_BE_STOPPED and claimed.person_id:
            # RFC 8058: the mail program asks, and posts; whoever only follows links stops nothing.
            stop = self._house.preferences_url(claimed.person_id).replace("?", "/stop?")
            headers += [("List-Unsubscribe", f"<{stop}>"), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")]
        return headers


def together(claimed: Claimed) -> Claimed:
    """The delivery with the words of the replies that waited behind it."""
    if not claimed.behind:
        return claimed
    others = (f"{each.agent_name}:\n{each.body}" for each in claimed.behind)
    return replace(claimed, body=BETWEEN.join([claimed.body or "", *others]))


def usable(address: str) -> str:
    """The address, when it can stand in a header and an envelope. Raises UnusableAddress."""
    local, at, domain = address.rpartition("@")
    is_odd = any(c.isspace() or not c.isprintable() or c in '<>()[]\\,;:"' for c in address)
    if not at or not local or not domain or is_odd:
        raise UnusableAddress("the address cannot be used")
    try:
        return f"{local}@{domain if domain.isascii() else domain.encode('idna').decode()}"
    except UnicodeError as error:
        raise UnusableAddress("the address cannot be used") from error

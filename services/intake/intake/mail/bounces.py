"""Mails that came back (RFC 3464, and the servers that never read it): which of ours, why, and whether for good."""

import re
from collections.abc import Iterable
from email.message import Message
from uuid import UUID

from intake.mail.bodies import bytes_of
from intake.mail.charsets import decode
from intake.mail.inbound import Bounced

LONGEST_LOOKED_AT = 200_000
_OUR_ID = re.compile(
    r"^[ \t>]{0,4}(?:message-id|in-reply-to|references|x-original-message-id)[ \t]{0,3}:[^\n]{0,900}?"
    r"<?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@",
    re.IGNORECASE | re.MULTILINE,
)
_ANY_ID = re.compile(r"<([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@", re.IGNORECASE)
_ACTION = re.compile(r"^action[ \t]{0,3}:[ \t]{0,3}([a-z]{1,20})", re.IGNORECASE | re.MULTILINE)
_STATUS = re.compile(r"^status[ \t]{0,3}:[ \t]{0,3}([245]\.\d{1,3}\.\d{1,3})", re.IGNORECASE | re.MULTILINE)
_SAID = re.compile(r"\b([45]\.\d{1,3}\.\d{1,3})\b")
_CODE = re.compile(r"\b([45][0-5]\d)[ -]")
_LATE = re.compile(
    r"delay|will (?:be retried|keep trying|retry)|still being retried|temporar|vertraag|nog niet|verzögert|"
    r"retard|not yet been delivered|warning only|no action is required",
    re.IGNORECASE,
)


def bounced(message: Message) -> Bounced:
    """What came back, as far as it can be told; for good unless it says that it is only late."""
    texts = list(_texts(message))
    whole = "\n".join(texts)[:LONGEST_LOOKED_AT]
    action, status = _ACTION.search(whole), _STATUS.search(whole) or _SAID.search(whole)
    named = status[1] if status else _from_code(_CODE.search(whole))
    if action:
        is_permanent = action[1].lower() == "failed" and not (named or "5").startswith("4")
    else:
        is_permanent = not (_LATE.search(whole) or (named or "5").startswith("4"))
    return Bounced(delivery_id=_delivery(whole), is_permanent=is_permanent, status=named)


def _from_code(found: re.Match[str] | None) -> str | None:
    return f"{found[1][0]}.0.0" if found else None


def _delivery(text: str) -> UUID | None:
    found = _OUR_ID.search(text) or _ANY_ID.search(text)
    return UUID(found[1]) if found else None


def _texts(message: Message) -> Iterable[str]:
    """Every text in it, that of the mails inside and of their headers too."""
    for part in message.walk():
        if part is not message:
            yield "\n".join(f"{name}: {value}" for name, value in part.items())
        if not part.is_multipart() and part.get_content_maintype() in {"text", "message"}:
            yield decode(bytes_of(part)[:LONGEST_LOOKED_AT])
    yield "\n".join(
        f"{name}: {value}" for name, value in message.items() if name.lower() in {"in-reply-to", "references"}
    )

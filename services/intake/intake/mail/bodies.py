"""Which parts of a mail are its words and which are files, whatever way they are nested."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message

from intake.mail.charsets import decode
from intake.mail.headers import decoded
from intake.mail.inbound import Unreadable
from intake.mail.limits import DEEPEST, MOST_PARTS
from intake.mail.markup import MOST_HTML_BYTES, text_of

LONGEST_TEXT = 400_000  # characters of one text part that are looked at
MOST_FILES = 50
LONGEST_ID = 200
_ENOUGH = re.compile(r"\w\W*\w")
_NEEDS_HTML = re.compile(r"(?:html|enhanced).{0,40}(?:e-?mail|message|client|viewer|bericht|nachricht)", re.IGNORECASE)
_ICS = re.compile(r"^(SUMMARY|DTSTART|DTEND|LOCATION|DESCRIPTION)(?:;[^:\n]{0,200})?:([^\n]{0,1000})", re.MULTILINE)
_FOLDED = re.compile(r"\r?\n[ \t]")
ENDINGS = {
    "text/plain": "txt", "text/html": "html", "text/calendar": "ics", "image/jpeg": "jpg", "image/png": "png",
    "image/gif": "gif", "application/pdf": "pdf", "message/rfc822": "eml", "application/pkcs7-signature": "p7s",
    "application/x-pkcs7-signature": "p7s", "application/pkcs7-mime": "p7m", "application/x-pkcs7-mime": "p7m",
    "application/pgp-signature": "asc", "application/pgp-encrypted": "pgp", "application/ms-tnef": "dat",
    "text/x-amp-html": "html", "text/vcard": "vcf",
}  # fmt: skip


@dataclass
class Contents:
    """The words and the files of a mail."""

    text: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    files: list[tuple[str, bytes, bool]] = field(default_factory=list)  # name, bytes, shown inside the text
    pictures: dict[str, bytes] = field(default_factory=dict)  # by Content-ID, as the HTML names them
    mails: list[Message] = field(default_factory=list)  # mails inside the mail
    calendar: str = ""

    def words(self) -> str:
        """What a reader would see."""
        plain = "\n\n".join(part.strip() for part in self.text if part.strip())
        if self.html and (not _ENOUGH.search(plain) or _is_excuse(plain)):
            marked = "\n\n".join(filter(None, map(text_of, self.html)))
            plain = marked or plain
        return plain or self.calendar


def _is_excuse(plain: str) -> bool:
    """Whether the plain text says no more than that there is HTML."""
    return len(plain) < 300 and bool(_NEEDS_HTML.search(plain))  # noqa: PLR2004 - two sentences


def contents(message: Message) -> Contents:
    """The words and files, found without recursion. Raises Unreadable over the limits."""
    found = Contents()
    for part, depth in _leaves(message):
        if depth > DEEPEST:
            raise Unreadable("too_deep")
        _sort(found, part)
    return found


def _leaves(message: Message) -> Iterator[tuple[Message, int]]:
    """Every part that holds something itself, in order; mails inside are not opened."""
    waiting = [(message, 0)]
    count = 0
    while waiting:
        part, depth = waiting.pop()
        count += 1
        if count > MOST_PARTS:
            raise Unreadable("too_many_parts")
        # Only of parts that hold parts: for others the parser would decode text by whatever charset they name.
        inside = part.get_payload() if part.is_multipart() else None
        if isinstance(inside, list) and part.get_content_maintype() == "multipart":
            waiting.extend((each, depth + 1) for each in reversed(inside) if isinstance(each, Message))
        else:
            yield part, depth


def _sort(found: Contents, part: Message) -> None:
    kind, name = part.get_content_type(), file_name(part)
    disposition = str(part.get("content-disposition", "")).split(";")[0].strip().lower()
    if kind.startswith("message/") and part.is_multipart():
        _keep_mail(found, part, kind, name)
        return
    content = bytes_of(part)
    is_words = disposition != "attachment" and not name
    if kind == "text/plain" and is_words:
        found.text.append(_text(part, content))
    elif kind == "text/html" and is_words:
        if len(content) > MOST_HTML_BYTES:
            raise Unreadable("too_much_markup")
        found.html.append(_text(part, content))
    else:
        if kind == "text/calendar" and not found.calendar:
            found.calendar = _calendar(_text(part, content))
        if kind.startswith("image/") and (named := str(part.get("content-id", "")).strip().strip("<>")[:LONGEST_ID]):
            found.pictures.setdefault(named, content)
        _keep(found, part, name, content, is_inline=disposition != "attachment" and "content-id" in part)


def _keep_mail(found: Contents, part: Message, kind: str, name: str) -> None:
    inside = part.get_payload()
    mails = [each for each in inside if isinstance(each, Message)] if isinstance(inside, list) else []
    if kind == "message/rfc822":
        found.mails.extend(mails)
    for each in mails[:1] if kind == "message/rfc822" else []:
        _keep(found, part, name, each.as_bytes(), is_inline=False)


def _keep(found: Contents, part: Message, name: str, content: bytes, *, is_inline: bool) -> None:
    if not content:
        return
    if len(found.files) >= MOST_FILES:
        raise Unreadable("too_many_parts")
    found.files.append((name or f"{part.get_content_maintype()}.{_ending(part)}", content, is_inline))


def _ending(part: Message) -> str:
    return ENDINGS.get(part.get_content_type(), "bin")


def file_name(part: Message) -> str:
    """The name the sender gave a part, decoded; not yet safe to use."""
    try:
        name = part.get_filename("") or ""
    except (ValueError, LookupError, TypeError, AttributeError):  # the parser's own trouble with odd parameters
        return "file"
    return decoded(str(name)[:1000].encode("utf-8", "replace").decode()) if name else ""


def bytes_of(part: Message) -> bytes:
    """What a part holds, its transfer encoding undone; what cannot be undone stays as it came."""
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _text(part: Message, content: bytes) -> str:
    charset = part.get_param("charset", None)
    named = charset if isinstance(charset, str) else charset[2] if isinstance(charset, tuple) else None
    return decode(content, named).replace("\r\n", "\n")[:LONGEST_TEXT]


def _calendar(text: str) -> str:
    """What an invitation says, in the order it says it."""
    found = dict(_ICS.findall(_FOLDED.sub("", text)[:LONGEST_TEXT]))
    said = [value.replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";").strip() for value in found.values()]
    return "\n".join(filter(None, said))

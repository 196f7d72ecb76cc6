"""One mail from its bytes to what it says."""

from collections.abc import Sequence
from email.errors import MessageError
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

from common.wording import clean_line, clean_text
from intake.drafts import LONGEST_BODY, LONGEST_SUBJECT
from intake.mail import limits, natures
from intake.mail.bodies import Contents, contents
from intake.mail.bounces import bounced
from intake.mail.forwards import forwarded
from intake.mail.headers import first, ids, mailboxes, moment, values
from intake.mail.inbound import Enclosed, InboundMail, Mailbox, Nature, Unreadable
from intake.mail.quoting import newest
from intake.mail.results import checked
from intake.mail.shapes import shape

LONGEST_FILE_BYTES = 20 * 1024 * 1024
MOST_FILES = 9  # and the whole text, where it is longer than a message may be
_RECIPIENTS = ("to", "cc", "delivered-to", "x-original-to", "envelope-to")
_PARSER = BytesParser(policy=compat32)

Files = Sequence[bytes]


def read(raw: bytes, envelope_sender: str | None = None) -> tuple[InboundMail, Files]:
    """What the mail says, and the bytes of its files in the order they are named. Raises Unreadable."""
    limits.check(raw)
    try:
        message = _PARSER.parsebytes(raw)
        return _read(message, envelope_sender)
    except (RecursionError, MessageError) as error:
        raise Unreadable("broken") from error
    except MemoryError as error:
        raise Unreadable("too_costly") from error


def _read(message: Message, envelope_sender: str | None) -> tuple[InboundMail, Files]:
    senders = mailboxes(values(message, "from"))
    sender = senders[0] if senders else _fallback(message, envelope_sender)
    nature, because = natures.nature(message, envelope_sender, sender.email)
    held = contents(message)
    words = clean_text(held.words())
    own = newest(words)
    named, files = _files(held, words if len(words) > LONGEST_BODY else "")
    subject = clean_line(first(message, "subject"))[:LONGEST_SUBJECT]
    mail = InboundMail(
        sender=sender,
        senders=max(len({each.email for each in senders}), len(message.get_all("from", []))) if senders else 1,
        subject=subject,
        newest=own[:LONGEST_BODY],
        whole=words[:LONGEST_BODY],
        is_cut=len(words) > LONGEST_BODY,
        rfc_id=next(iter(ids(values(message, "message-id"))), None),
        answers=_answers(message),
        recipients=tuple(each.email for name in _RECIPIENTS for each in mailboxes(values(message, name))),
        sent_at=moment(first(message, "date")),
        nature=nature,
        because=because,
        hops=len(message.get_all("received", [])),
        checked=checked(message),
        bounced=bounced(message) if nature is Nature.BOUNCE else None,
        forwarded=forwarded(message, words, held.mails) if nature is Nature.PERSON else None,
        files=tuple(named),
        shape=shape(subject, own),
    )
    return mail, files


def _fallback(message: Message, envelope_sender: str | None) -> Mailbox:
    """Who it is from when From does not say so. Raises Unreadable when nothing does."""
    named = mailboxes([*values(message, "sender"), *values(message, "reply-to"), envelope_sender or ""])
    if envelope_sender == "":
        return Mailbox(email="mailer-daemon@invalid")
    if not named:
        raise Unreadable("no_sender")
    return named[0]


def _answers(message: Message) -> tuple[str, ...]:
    direct = ids(values(message, "in-reply-to"))
    return tuple(dict.fromkeys([*direct, *reversed(ids(values(message, "references")))]))


def _files(held: Contents, whole: str) -> tuple[list[Enclosed], list[bytes]]:
    """The files that fit on a message, the whole text among them when it does not."""
    chosen = [
        (name, content, is_inline) for name, content, is_inline in held.files if len(content) <= LONGEST_FILE_BYTES
    ]
    chosen = sorted(chosen, key=lambda file: file[2])[:MOST_FILES]
    if whole:
        chosen.append(("mail.txt", whole.encode(), False))
    named = [Enclosed(name=name, size_bytes=len(content), is_inline=is_inline) for name, content, is_inline in chosen]
    return named, [content for _, content, _ in chosen]

"""A mail that cannot be read, taken all the same because a person said so: sender, subject, itself as a file."""

from email.parser import BytesHeaderParser
from email.policy import compat32

from intake.drafts import LONGEST_SUBJECT
from intake.mail.headers import first, mailboxes, values
from intake.mail.inbound import Enclosed, InboundMail, Mailbox, Nature
from intake.mail.limits import MOST_HEADER_BYTES, head_length
from intake.mail.reading import LONGEST_FILE_BYTES

NAME = "mail.eml"
NOBODY = Mailbox(email="unknown@invalid")


def plainly(raw: bytes, envelope_sender: str) -> tuple[InboundMail, tuple[bytes, ...]]:
    """What little can be said of it; nobody may answer it by a program."""
    head = BytesHeaderParser(policy=compat32).parsebytes(raw[: min(head_length(raw), MOST_HEADER_BYTES)] + b"\n\n")
    senders = mailboxes([*values(head, "from"), envelope_sender])
    kept = raw[:LONGEST_FILE_BYTES]
    mail = InboundMail(
        sender=senders[0] if senders else NOBODY,
        subject=first(head, "subject")[:LONGEST_SUBJECT],
        nature=Nature.AUTOMATIC,
        because="unreadable",
        files=(Enclosed(name=NAME, size_bytes=len(kept)),),
    )
    return mail, (kept,)

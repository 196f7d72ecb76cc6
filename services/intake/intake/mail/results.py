"""Authentication-Results (RFC 8601): what a server says it checked, and which of them to believe."""

import re
from collections.abc import Iterable
from email.message import Message
from enum import StrEnum

from intake.mail.headers import LONGEST
from intake.mail.inbound import Checked, InboundMail

MOST = 20
_COMMENT = re.compile(r"\([^()]{0,500}\)")
_DMARC = re.compile(r";\s*dmarc\s*=\s*([a-z]{1,20})", re.IGNORECASE)
_FROM = re.compile(r"\bheader\.from\s*=\s*\"?([^\s;\"]{1,253})", re.IGNORECASE)


class Trust(StrEnum):
    """Whether the border says that a mail is from whom it says."""

    VERIFIED = "verified"
    FAILED = "failed"
    UNKNOWN = "unknown"


def checked(message: Message) -> tuple[Checked, ...]:
    """What servers say, from the top, each with the number of Received headers above it."""
    found: list[Checked] = []
    received = 0
    for name, value in message.items():
        lower = name.lower()
        if lower == "received":
            received += 1
        elif lower == "authentication-results" and len(found) < MOST:
            found.append(_one(" ".join(str(value)[:LONGEST].split()), received))
    return tuple(found)


def _one(value: str, above: int) -> Checked:
    bare = _COMMENT.sub(" ", value)
    server = bare.partition(";")[0].split() or [""]
    dmarc, domain = _DMARC.search(bare), _FROM.search(bare)
    return Checked(
        server=server[0].lower()[:253],
        dmarc=dmarc[1].lower() if dmarc else None,
        domain=domain[1].rpartition("@")[2].lower() if domain else None,
        above=above,
    )


def trust(mail: InboundMail, border: str, hops: int) -> Trust:
    """What the border server found, if it may be believed: only what stands above what others could have written.

    Headers grow at the top. What stands below more than `hops` Received headers was there before the border saw it.
    Two results of the border that disagree, or one about another domain than that of From, count as failed.
    """
    if not border or mail.senders != 1:
        return Trust.UNKNOWN if not border else Trust.FAILED
    said = [each for each in mail.checked if each.server == border.lower() and each.above <= hops and each.dmarc]
    if not said:
        return Trust.UNKNOWN
    domain = mail.sender.email.rpartition("@")[2]
    if _all_pass(said) and all(each.domain in {None, domain} for each in said):
        return Trust.VERIFIED
    return Trust.FAILED if any(each.dmarc != "none" for each in said) else Trust.UNKNOWN


def _all_pass(said: Iterable[Checked]) -> bool:
    return all(each.dmarc == "pass" for each in said)

"""DKIM (RFC 6376): whether a domain that may speak for the sender signed this mail as it reads."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from logging import getLogger

from dkim import DKIM, DKIMException, DnsTimeoutError
from dkim.util import InvalidTagValueList, parse_tag_value

from intake.senders.names import Names, NoWord

MOST = 5  # signatures that are looked at
SMALLEST_KEY = 1_024  # bits
ALGORITHMS = frozenset({b"rsa-sha256", b"ed25519-sha256"})
# A mail has one of each. With a second one on top a reader sees that, while the signature speaks of the other.
SINGLE = frozenset(
    {
        b"from", b"sender", b"reply-to", b"to", b"cc", b"subject", b"date", b"message-id", b"in-reply-to",
        b"references", b"mime-version", b"content-type", b"content-transfer-encoding",
    }
)  # fmt: skip
_QUIET = getLogger("intake.senders.dkim")
_QUIET.disabled = True  # the library writes down what strangers sent


@dataclass(frozen=True, slots=True)
class Signed:
    """What the signatures of the domains asked for prove."""

    domain: str | None = None  # that signed it
    is_broken: bool = False  # one is there and does not fit
    is_unsure: bool = False  # a key could not be had


def signed(raw: bytes, may_speak: Callable[[str], bool], names: Names) -> Signed:
    """The first good signature of a domain that may speak for the sender; others are not looked at."""
    try:
        mail = DKIM(raw, logger=_QUIET, minkey=SMALLEST_KEY)
    except DKIMException:
        return Signed()
    fields = [_fields(value) for name, value in mail.headers if name.lower() == b"dkim-signature"]
    wanted = [(at, given) for at, given in enumerate(fields) if given and may_speak(_domain(given))][:MOST]
    is_broken = is_unsure = False
    for at, given in wanted:
        if not _covers(given, [name.lower() for name, _ in mail.headers]):
            is_broken = True
            continue
        try:
            if mail.verify(at, partial(_key, names)):
                return Signed(_domain(given))
            is_broken = True
        except NoWord:
            is_unsure = True
        except (DKIMException, DnsTimeoutError, ValueError, KeyError, IndexError, TypeError, ArithmeticError):
            is_broken = True  # a key or a signature that is none
    return Signed(is_broken=is_broken, is_unsure=is_unsure)


def _fields(value: bytes) -> dict[bytes, bytes]:
    try:
        found: dict[bytes, bytes] = parse_tag_value(value)
    except InvalidTagValueList:
        return {}
    return found


def _domain(given: dict[bytes, bytes]) -> str:
    return given.get(b"d", b"").decode("ascii", "replace").lower()


def _covers(given: dict[bytes, bytes], there: Sequence[bytes]) -> bool:
    """Whether it signs all that a reader sees: the whole text, one subject, one of everything there is one of."""
    over = {name.strip().lower() for name in given.get(b"h", b"").split(b":")}
    is_whole = b"l" not in given and given.get(b"a") in ALGORITHMS
    is_single = all(there.count(name) <= 1 for name in SINGLE)
    return is_whole and is_single and (b"subject" in over or b"subject" not in there)


def _key(names: Names, name: bytes, timeout: float = 0) -> bytes | None:  # noqa: ARG001 - as the library calls it
    found = names.texts(name.decode("ascii", "replace"))
    return found[0].encode("latin-1") if len(found) == 1 else None

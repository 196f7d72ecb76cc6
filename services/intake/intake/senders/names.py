"""What the name server says, remembered for a short while, and never waited for long."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from dns.exception import DNSException
from dns.message import Message
from dns.name import BadEscape, EmptyLabel, LabelTooLong, NameTooLong, from_text
from dns.rdata import Rdata
from dns.resolver import NXDOMAIN, NoAnswer, NoNameservers, Resolver

from intake.senders.verdicts import split_server

ONE_SECONDS = 2.0  # for one question
ALL_SECONDS = 5.0  # for everything that one mail asks
KEPT_SECONDS = 300.0  # at most, whatever the answer allows
SILENT_SECONDS = 30.0  # how long it is remembered that nobody answered for a name
MOST_KEPT = 2_000
SILENCES = 8  # questions in a row without an answer: the name server is away
AWAY_SECONDS = 10.0  # and asked nothing for so long
LONGEST_TEXT = 2_048  # characters; a key of 8,192 bits needs 1,400
EDNS_BYTES = 1_232

Answers = Sequence[Rdata]


class NoWord(Exception):
    """The name server did not say, in time or at all."""


@dataclass
class Names:
    """Asks the name server; answers and silences are remembered."""

    resolver: Resolver
    clock: Callable[[], float] = time.monotonic
    _kept: dict[tuple[str, str], tuple[float, Answers | None]] = field(default_factory=dict)
    _ends_at: float = float("inf")
    _silences: int = 0
    _away_until: float = float("-inf")

    def begin(self) -> None:
        """From now on, so many seconds for all questions together."""
        self._ends_at = self.clock() + ALL_SECONDS

    def ask(self, name: str, kind: str) -> Answers:
        """The records; none where there are none. Raises NoWord."""
        key, now = (name.rstrip(".").lower(), kind), self.clock()
        until, kept = self._kept.get(key, (float("-inf"), None))
        if until <= now:
            until, kept = self._ask(key, now)
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[key] = until, kept
        if kept is None:
            raise NoWord(kind)
        return kept

    def texts(self, name: str) -> list[str]:
        """The TXT records, each in one piece; what is too long or no text is left out."""
        joined = [b"".join(each.strings) for each in self.ask(name, "TXT")]  # type: ignore[attr-defined]
        return [each.decode("latin-1") for each in joined if len(each) <= LONGEST_TEXT]

    def _ask(self, key: tuple[str, str], now: float) -> tuple[float, Answers | None]:
        left = min(ONE_SECONDS, self._ends_at - now)
        if left <= 0 or now < self._away_until:
            return now, None
        try:
            found = self.resolver.resolve(from_text(key[0]), key[1], lifetime=left, search=False)
        except (NXDOMAIN, NoAnswer) as nothing:
            self._silences = 0
            return now + _kept_seconds(_answer_of(nothing)), ()
        except (LabelTooLong, NameTooLong, EmptyLabel, BadEscape, UnicodeError):
            return now, ()  # no name at all
        except NoNameservers:
            return self.clock() + SILENT_SECONDS, None
        except (DNSException, OSError):
            return self._silent()
        self._silences = 0
        return now + min(KEPT_SECONDS, found.rrset.ttl if found.rrset else 0), tuple(found.rrset or ())

    def _silent(self) -> tuple[float, None]:
        """Remember the silence; after some in a row ask nothing for a while, so that mail does not wait each time."""
        self._silences += 1
        if self._silences >= SILENCES:
            self._away_until, self._silences = self.clock() + AWAY_SECONDS, 0
        return self.clock() + SILENT_SECONDS, None


def _answer_of(nothing: NXDOMAIN | NoAnswer) -> Message | None:
    if isinstance(nothing, NoAnswer):
        response: Message | None = nothing.kwargs.get("response")
        return response
    return next(iter(nothing.kwargs.get("responses", {}).values()), None)


def _kept_seconds(response: Message | None) -> float:
    """How long it may be remembered that there is nothing: as the zone says, a minute where it does not."""
    ttls = [rrset.ttl for rrset in response.authority] if response else []
    return min([KEPT_SECONDS, *ttls]) if ttls else 60.0


def names_of(server: str) -> Names:
    """Asks this server ("192.0.2.1", "192.0.2.1:5353", "[::1]:53"), or the ones of the machine. Raises ValueError."""
    resolver = Resolver(configure=not server)
    if server:
        address, port = split_server(server)
        resolver.nameservers, resolver.port = [address], port
    resolver.timeout = ONE_SECONDS
    resolver.use_edns(0, 0, EDNS_BYTES)
    return Names(resolver)

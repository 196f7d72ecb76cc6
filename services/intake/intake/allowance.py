"""How often one address may bring something: turns that come back with time, kept as one number an address."""

import time
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network

MOST_ADDRESSES = 50_000
HOUSEHOLD_BITS = 64  # of an IPv6 address: whoever has one has all that begin like it


class Allowance:
    """Turns for each address of this process: `burst` of them at once, after that `per_minute`; 0 a minute: no limit.

    What is kept is the moment at which an address has all its turns back, so an address that rests costs nothing.
    """

    def __init__(
        self, burst: int, per_minute: int, exempt: Sequence[Network], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._step = 60 / per_minute if per_minute else 0.0
        self._room = burst * self._step
        self._clock = clock
        self._whole_again: dict[str, float] = {}
        self._whom = lru_cache(MOST_ADDRESSES)(partial(_whom, exempt=tuple(exempt)))

    def take(self, address: str) -> float:
        """0 when the address had a turn, which is then spent; else the seconds until it has one."""
        if not self._step or (whom := self._whom(address)) is None:
            return 0.0
        now = self._clock()
        whole_again = max(now, self._whole_again.get(whom, now)) + self._step
        if (wait := whole_again - now - self._room) > self._step * 1e-6:
            return wait
        self._whole_again[whom] = whole_again
        if len(self._whole_again) > MOST_ADDRESSES:
            self._forget(now)
        return 0.0

    def _forget(self, now: float) -> None:
        """Let go of addresses that have all their turns back; of the oldest half when none has."""
        kept = {whom: moment for whom, moment in self._whole_again.items() if moment > now}
        if len(kept) > MOST_ADDRESSES // 2:
            kept = dict(sorted(kept.items(), key=lambda one: one[1])[-MOST_ADDRESSES // 2 :])
        self._whole_again = kept


def _whom(address: str, exempt: Sequence[Network]) -> str | None:
    """Who shares turns with this address; None: it has no limit."""
    try:
        found = ip_address(address)
    except ValueError:
        return None  # a socket of this machine, or a proxy that says nothing: no way to tell people apart
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    if any(found in network for network in exempt):
        return None
    return str(ip_network((found, HOUSEHOLD_BITS), strict=False)) if found.version == 6 else str(found)  # noqa: PLR2004


def networks(text: str) -> tuple[Network, ...]:
    """The networks and addresses in a list with commas. Raises ValueError with a sentence."""
    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise ValueError("must be addresses or networks with commas between them, such as 192.0.2.0/24,::1") from error

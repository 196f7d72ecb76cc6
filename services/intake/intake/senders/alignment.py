"""DMARC (RFC 7489): what a domain asks of mail in its name, and whether what was proven fits the name in From."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Organisation = Callable[[str], str | None]  # of a domain: the part somebody registered; None for a public suffix


@dataclass(frozen=True, slots=True)
class Policy:
    """What a domain published."""

    is_strict_dkim: bool = False
    is_strict_spf: bool = False


def policy_of(records: Sequence[str]) -> Policy | None:
    """The policy among TXT records; None where there is none, or more than one."""
    found = [tags for record in records if (tags := _tags(record))]
    if len(found) != 1:
        return None
    return Policy(found[0].get("adkim", "r") == "s", found[0].get("aspf", "r") == "s")


def _tags(record: str) -> dict[str, str]:
    """The tags of a DMARC record; empty for other records."""
    pairs = [(name.strip().lower(), value.strip()) for name, _, value in (p.partition("=") for p in record.split(";"))]
    if not pairs or pairs[0] != ("v", "DMARC1"):
        return {}
    return {name: value.lower() for name, value in pairs if name}


def is_aligned(proven: str, named: str, organisation: Organisation, *, is_strict: bool) -> bool:
    """Whether a proven domain speaks for the domain named in From; relaxed: when both have one owner."""
    proven, named = proven.lower().rstrip("."), named.lower().rstrip(".")
    if is_strict or proven == named:
        return proven == named
    owner = organisation(named)
    return owner is not None and organisation(proven) == owner

"""Which tickets an incident is behind: a rule over what is known of a ticket, without looking anything up."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

LONGEST_AREA = 8
_AREA = re.compile(r"[0-9A-Z]{1,8}")


class NoArea(ValueError):
    """What was typed is no beginning of a postcode."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Where an incident is felt. Each condition that is given must hold; of a reach without any nothing comes."""

    topics: Collection[str] = ()
    queue_ids: Collection[str] = ()
    areas: Collection[str] = ()

    @property
    def is_empty(self) -> bool:
        """Whether no condition is given: it then reaches only the tickets that were named."""
        return not (self.topics or self.queue_ids or self.areas)

    def covers(self, topic: str | None, queue_id: str, postcode: str | None) -> bool:
        """Whether a ticket about this, in this queue, from there, comes from it."""
        if self.is_empty:
            return False
        is_about_it = not self.topics or topic in self.topics
        is_in_queue = not self.queue_ids or queue_id in self.queue_ids
        return is_about_it and is_in_queue and (not self.areas or self._has(postcode))

    def _has(self, postcode: str | None) -> bool:
        return bool(postcode) and squeezed(postcode or "").startswith(tuple(self.areas))


def areas_of(typed: Iterable[str]) -> list[str]:
    """Beginnings of postcodes as they are compared. Raises NoArea with what is none."""
    found = [squeezed(each) for each in typed if each.strip()]
    for each in found:
        if not _AREA.fullmatch(each):
            raise NoArea(each)
    return sorted(set(found))


def squeezed(postcode: str) -> str:
    """The postcode in capitals and without spaces."""
    return "".join(postcode.split()).upper()

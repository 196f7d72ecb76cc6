"""What a notice can tell: its values as people say them, in the reader's language and zone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from common.auth import Seal
from common.brand import Brand
from common.settings import Settings
from common.texts import words
from common.texts.spoken import Spoken
from common.vocabulary import Language


class Told(Protocol):
    """What the values are made from."""

    @property
    def reference(self) -> str:
        """The ticket's reference."""

    @property
    def language(self) -> Language:
        """The reader's."""

    @property
    def person_id(self) -> UUID | None:
        """The reader."""

    @property
    def answer_by(self) -> datetime | None:
        """What was promised."""

    @property
    def solve_by(self) -> datetime | None:
        """What was promised."""

    @property
    def until(self) -> datetime | None:
        """Until when we wait, or what we promise instead."""

    @property
    def split_from(self) -> str | None:
        """The reference of the ticket that this one was split off."""

    @property
    def incident(self) -> str | None:
        """What is said of the cause behind it."""

    @property
    def agent_name(self) -> str | None:
        """Who wrote."""

    @property
    def body(self) -> str | None:
        """What they wrote."""


@dataclass(frozen=True, slots=True)
class House:
    """In whose name and from where notices are told."""

    brand: Brand
    public_url: str
    zone: ZoneInfo
    seal: Seal

    @classmethod
    def of(cls, settings: Settings) -> "House":
        """The one the settings describe."""
        seal = Seal(settings.secret_key.get_secret_value())
        return cls(Brand.of(settings), settings.public_url, ZoneInfo(settings.zone), seal)

    def status_url(self, reference: str) -> str:
        """The customer's own page."""
        return self.seal.status_url(self.public_url, reference)

    def preferences_url(self, person_id: UUID | None) -> str:
        """Where the reader says how they want to be reached; empty when we do not know who they are."""
        return self.seal.preferences_url(self.public_url, person_id) if person_id else ""

    def values(self, told: Told, now: datetime) -> dict[str, str]:
        """The values of a template; a promise that has passed is none any more, so it is left empty."""
        spoken = Spoken(words("common", told.language), self.zone, lambda: now)
        status_url = self.status_url(told.reference)
        return {
            "brand": self.brand.name,
            "reference": told.reference,
            "status_url": status_url,
            "feedback_url": f"{status_url}#feedback",
            "preferences_url": self.preferences_url(told.person_id),
            "answer_by": _ahead(spoken, told.answer_by, now),
            "solve_by": _ahead(spoken, told.solve_by, now),
            "until": _ahead(spoken, told.until, now),
            "split_from": told.split_from or "",
            "incident": told.incident or "",
            "agent_name": told.agent_name or "",
            "has_words": "yes" if told.body else "",
        }


def _ahead(spoken: Spoken, moment: datetime | None, now: datetime) -> str:
    return spoken.before(moment) if moment and moment > now else ""

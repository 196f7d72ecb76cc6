"""From a claimed delivery to a parcel for a telephone, a device or the post; mail has a writer of its own."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from babel.dates import format_date

from common.telephone import UnusableNumber, dialled
from common.texts import words
from common.texts.spoken import LOCALES
from common.vocabulary import Channel
from notifications.channels import Parcel
from notifications.claims import Claimed
from notifications.paper import Sheet, letter
from notifications.telling import House
from notifications.wording import Templates


class UnusableAddress(ValueError):
    """An address nothing can be sent to."""


class Writer(Protocol):
    """Writes what a channel brings."""

    def write(self, claimed: Claimed, now: datetime) -> Parcel:
        """The parcel as it should read at this moment. Raises UnusableAddress."""


@dataclass(frozen=True, slots=True)
class TextWriter:
    """Writes text messages."""

    house: House
    templates: Templates
    sender: str
    country: str  # two letters: where a number without a country code is from

    def write(self, claimed: Claimed, now: datetime) -> Parcel:
        """The text in one paragraph, to the number as it is dialled from abroad. Raises UnusableAddress."""
        try:
            number = dialled(claimed.phone or "", self.country)
        except UnusableNumber as error:
            raise UnusableAddress(str(error)) from error
        values = self.house.values(claimed, now)
        lines = self.templates.short(Channel.SMS, claimed.kind, claimed.language, values, claimed.body)
        return Parcel(claimed.delivery_id, self.sender, number, " ".join(lines).encode())


@dataclass(frozen=True, slots=True)
class PushWriter:
    """Writes notices for a device."""

    house: House
    templates: Templates

    def write(self, claimed: Claimed, now: datetime) -> Parcel:
        """Title, sentence and address as JSON for our worker in the browser. Raises UnusableAddress."""
        if claimed.device is None:
            raise UnusableAddress("the device is gone")
        values = self.house.values(claimed, now)
        title, *rest = self.templates.short(Channel.PUSH, claimed.kind, claimed.language, values, claimed.body)
        shown = {"title": title, "body": " ".join(rest), "url": values["status_url"], "tag": claimed.reference}
        endpoint, p256dh, auth = claimed.device
        keys = {"p256dh": p256dh, "auth": auth, "urgency": "high" if claimed.is_urgent else "normal"}
        return Parcel(claimed.delivery_id, self.house.brand.name, endpoint, json.dumps(shown).encode(), keys)


@dataclass(frozen=True, slots=True)
class LetterWriter:
    """Writes letters."""

    house: House
    templates: Templates

    def write(self, claimed: Claimed, now: datetime) -> Parcel:
        """The letter as a PDF. It names no name: what somebody typed in a form is no proof of who lives there."""
        _ = words("notifications", claimed.language).gettext
        street = f"{claimed.street or claimed.postcode or ''} {claimed.house_number or ''}".strip()
        address = (_("To the residents of"), street, f"{claimed.postcode or ''}  {claimed.city or ''}".strip())
        blocks = self.templates.paper(claimed.kind, claimed.language, self.house.values(claimed, now), claimed.body)
        sheet = Sheet(
            sender=self.house.brand.name,
            address=[line for line in address if line],
            day=format_date(now.astimezone(self.house.zone), "long", locale=LOCALES[claimed.language]),
            reference=claimed.reference,
            language=claimed.language.value,
        )
        pdf = letter(sheet, blocks)
        return Parcel(claimed.delivery_id, self.house.brand.name, ", ".join(address), pdf)

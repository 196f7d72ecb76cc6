"""What people typed in the form: kept as it was, checked field by field, with a sentence for each that is not right."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from hashlib import sha256
from typing import Self

from common.telephone import can_be_dialled
from common.texts import mark
from common.vocabulary import Channel, Language
from common.wording import clean_line, clean_text
from intake.drafts import LONGEST_BODY, LONGEST_LINE, Draft, Place, Repeatable, StoredFile
from intake.posted import EMAIL, LONGEST_EMAIL
from intake.wording import first_words

_EMAIL = re.compile(EMAIL)
Sentence = tuple[str, dict[str, object]]  # an English message and its values

MISSING = {
    "body": mark("Tell us what it is about."),
    "name": mark("Fill in your name, so that we know who we are talking to."),
}
NO_WAY = mark("Fill in your e-mail address, or your phone number: our answer goes there.")
NO_NUMBER = mark("This does not look like a phone number. It should read like 06 12345678 or +32 470 12 34 56.")
NO_ADDRESS = mark("This does not look like an e-mail address. It should read like name@example.org.")
TOO_LONG = mark("This is too long. At most %(most)s characters fit.")
TEXT_TOO_LONG = mark("Your text has %(length)s characters and at most %(most)s fit. Send the rest as a file.")
NOT_EMPTY = mark("Leave this field empty. It only helps us to recognise machines.")


@dataclass(frozen=True)
class TypedTicket:
    """The form as it was filled in; every field is a string, empty when nothing was typed."""

    body: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    postcode: str = ""
    house_number: str = ""
    city: str = ""
    customer_number: str = ""
    language: str = ""
    website: str = ""  # nobody sees this field, so whoever fills it in is a machine

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Self:
        """The form from what was posted."""
        texts = {field.name: clean_line(given.get(field.name, "")) for field in fields(cls)}
        return cls(**{**texts, "body": clean_text(given.get("body", ""))})

    def problems(self) -> dict[str, Sentence]:
        """What must be put right, by field, in the order of the form."""
        typed: dict[str, str] = asdict(self)
        found = {name: problem for name, text in typed.items() if (problem := _problem(name, text))}
        if not self.email:
            found |= self._without_email()
        if self.website:
            found["website"] = NOT_EMPTY, {}
        return found

    def _without_email(self) -> dict[str, Sentence]:
        """Then there is a number, and one at which we can reach them."""
        if not self.phone:
            return {"email": (NO_WAY, {})}
        return {} if can_be_dialled(self.phone) else {"phone": (NO_NUMBER, {})}

    def draft(self, form_id: str, files: Sequence[StoredFile]) -> Draft:
        """The draft this is, once there are no problems; sent twice it is one ticket."""
        content = sha256("\0".join(asdict(self).values()).encode())
        for file in files:
            content.update(f"{file.name}\0{file.sha256}".encode())
        return Draft(
            name=self.name,
            email=self.email or None,
            phone=self.phone or None,
            customer_number=self.customer_number or None,
            language=Language(self.language) if self.language in set(Language) else None,
            subject=first_words(self.body),
            body=self.body,
            channel=Channel.WEB,
            place=Place(self.postcode or None, self.house_number or None, self.city or None),
            files=tuple(files),
            repeatable=Repeatable("web", form_id, content.digest()),
        )


def _problem(name: str, text: str) -> Sentence | None:
    if not text:
        return (MISSING[name], {}) if name in MISSING else None
    if name == "body":
        return body_problem(text)
    most = LONGEST_EMAIL if name == "email" else LONGEST_LINE
    if len(text) > most:
        return TOO_LONG, {"most": most}
    return (NO_ADDRESS, {}) if name == "email" and not _EMAIL.search(text) else None


def body_problem(text: str) -> Sentence | None:
    """What is wrong with the text of a message, if anything."""
    if not text:
        return MISSING["body"], {}
    if len(text) > LONGEST_BODY:
        return TEXT_TOO_LONG, {"length": len(text), "most": LONGEST_BODY}
    return None

"""What the API takes: models that refuse what they do not know, and the reading of JSON and multipart bodies."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any, ClassVar, Self, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from common.errors import BadInput, Refusal
from common.problem import SENTENCES
from common.telephone import can_be_dialled
from common.vocabulary import Channel, Language
from common.wording import clean_line, clean_text
from intake.drafts import (
    LONGEST_BODY,
    LONGEST_LINE,
    LONGEST_SUBJECT,
    MOST_FILES,
    Draft,
    Place,
    Repeatable,
    Said,
    StoredFile,
)
from intake.wording import first_words

M = TypeVar("M", bound="Posted")
T = TypeVar("T")

HAS_WORDS = r"\S"
_PART = r"[^\s\x00-\x20\x7f@\"(),:;<>\[\\\]]"
EMAIL = rf"^{_PART}+@{_PART}+\.{_PART}{{2,}}$"
LONGEST_EMAIL = 254
MOST_FIELDS = 20

Line = Annotated[str, Field(max_length=LONGEST_LINE), AfterValidator(clean_line)]
Email = Annotated[str, Field(max_length=LONGEST_EMAIL, pattern=EMAIL)]
Body = Annotated[str, Field(min_length=1, max_length=LONGEST_BODY, pattern=HAS_WORDS), AfterValidator(clean_text)]


class UnsupportedMediaType(Refusal):
    """A body in a form that is not read here."""

    status: ClassVar[int] = 415


class LeftHalfway(Refusal):
    """The sender hung up before the body was complete; nobody reads this answer."""


class Posted(BaseModel):
    """A body sent to the API; a field it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PostedAddress(Posted):
    """Where it is about."""

    postcode: Line | None = None
    house_number: Line | None = None
    city: Line | None = None


class PostedTicket(Posted):
    """A customer's words, and who they are."""

    name: Annotated[str, Field(min_length=1, max_length=LONGEST_LINE, pattern=HAS_WORDS), AfterValidator(clean_line)]
    email: Email | None = Field(None, description="Left out: the answer goes to `phone`, as a text message.")
    phone: Line | None = None
    language: Language | None = Field(None, description="The language to answer in; left out: the one they wrote in.")
    subject: Annotated[str, Field(max_length=LONGEST_SUBJECT), AfterValidator(clean_line)] = ""
    body: Body
    customer_number: Line | None = None
    address: PostedAddress | None = None
    channel: Channel = Channel.API

    @model_validator(mode="after")
    def _can_be_answered(self) -> Self:
        if self.email is None and not can_be_dialled(self.phone or ""):
            raise ValueError("give an email, or a phone number that can be dialled")
        return self

    def draft(self, files: tuple[StoredFile, ...], key: str | None) -> Draft:
        """The draft these words are."""
        address = self.address or PostedAddress()
        return Draft(
            name=self.name,
            email=self.email,
            phone=self.phone or None,
            customer_number=self.customer_number or None,
            language=self.language,
            subject=self.subject or first_words(self.body),
            body=self.body,
            channel=self.channel,
            place=Place(address.postcode or None, address.house_number or None, address.city or None),
            files=files,
            repeatable=repeatable("api", key, self, files) if key else None,
        )


class PostedMessage(Posted):
    """More of a customer's words on a ticket."""

    body: Body

    def said(self, files: tuple[StoredFile, ...], key: str | None) -> Said:
        """What the customer said."""
        return Said(self.body, Channel.API, files, repeatable("message", key, self, files) if key else None)


def repeatable(scope: str, key: str, model: BaseModel, files: Sequence[StoredFile]) -> Repeatable:
    """The key with a print of everything that was sent under it."""
    content = sha256(model.model_dump_json().encode())
    for file in files:
        content.update(f"{file.name}\0{file.sha256}".encode())
    return Repeatable(scope, key, content.digest())


@dataclass(frozen=True, slots=True)
class Upload:
    """A multipart body, read: its fields, and its files, which lie on disk when they are large."""

    fields: dict[str, str]
    files: Sequence[UploadFile]


@asynccontextmanager
async def read(request: Request, model: type[M]) -> AsyncIterator[tuple[M, Sequence[UploadFile]]]:
    """What was posted as JSON or as a form, and its files, which are gone at the end.

    Raises RequestValidationError, UnsupportedMediaType.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        yield _checked(model.model_validate_json, await _body(request)), ()
    elif kind == "multipart/form-data":
        async with read_upload(request) as upload:
            yield _checked(model.model_validate, _nested(upload.fields)), upload.files
    else:
        raise UnsupportedMediaType("Send this as application/json, or as multipart/form-data with files.")


@asynccontextmanager
async def read_upload(request: Request) -> AsyncIterator[Upload]:
    """The fields and files of a form; large files lie on disk as they come in and are gone at the end."""
    try:
        form = await request.form(max_files=MOST_FILES + 1, max_fields=MOST_FIELDS)
    except HTTPException as error:
        raise BadInput("This form could not be read. Send at most ten files and no unknown fields.") from error
    except ClientDisconnect as error:
        raise LeftHalfway(SENTENCES[400]) from error
    try:
        given = form.multi_items()
        fields = {name: value for name, value in given if isinstance(value, str)}
        yield Upload(fields, [value for _, value in given if isinstance(value, UploadFile)])
    finally:
        await form.close()


async def _body(request: Request) -> bytes:
    try:
        return await request.body()
    except ClientDisconnect as error:
        raise LeftHalfway(SENTENCES[400]) from error


def _checked(check: Callable[[T], M], given: T) -> M:
    try:
        return check(given)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False, include_input=False)
        raise RequestValidationError([{**each, "loc": ("body", *each["loc"])} for each in problems]) from error


def _nested(fields: dict[str, str]) -> dict[str, Any]:
    """Form fields as the JSON body has them: the address is a part of its own, empty fields are left out."""
    given = {name: value for name, value in fields.items() if value != ""}
    address = {name: given.pop(name) for name in PostedAddress.model_fields if name in given}
    return given | ({"address": address} if address else {})

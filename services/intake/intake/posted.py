"""What the API takes: models that refuse what they do not know, and the reading of JSON and multipart bodies."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any, ClassVar, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from common.errors import BadInput, Refusal
from common.vocabulary import Channel, Language
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
from intake.wording import clean_line, clean_text, first_words

M = TypeVar("M", bound="Posted")

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
    email: Email
    phone: Line | None = None
    language: Language | None = Field(None, description="The language to answer in; left out: the one they wrote in.")
    subject: Annotated[str, Field(max_length=LONGEST_SUBJECT), AfterValidator(clean_line)] = ""
    body: Body
    customer_number: Line | None = None
    address: PostedAddress | None = None
    channel: Channel = Channel.API

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


async def read(request: Request, model: type[M]) -> tuple[M, Sequence[UploadFile]]:
    """What was posted as JSON or as a form with files. Raises RequestValidationError, UnsupportedMediaType."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if kind == "application/json":
            return model.model_validate_json(await request.body()), ()
        if kind == "multipart/form-data":
            upload = await read_upload(request)
            return model.model_validate(_nested(upload.fields)), upload.files
    except ValidationError as error:
        raise RequestValidationError(_told(error)) from error
    raise UnsupportedMediaType("Send this as application/json, or as multipart/form-data with files.")


async def read_upload(request: Request) -> Upload:
    """The fields and files of a form; large files are written to disk as they come in. Raises BadInput."""
    try:
        form = await request.form(max_files=MOST_FILES + 1, max_fields=MOST_FIELDS)
    except HTTPException as error:
        raise BadInput("This form could not be read. Send at most ten files and no unknown fields.") from error
    fields = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    return Upload(fields, [value for name, value in form.multi_items() if isinstance(value, UploadFile)])


def _nested(fields: dict[str, str]) -> dict[str, Any]:
    """Form fields as the JSON body has them: the address is a part of its own, empty fields are left out."""
    given = {name: value for name, value in fields.items() if value != ""}
    address = {name: given.pop(name) for name in PostedAddress.model_fields if name in given}
    return given | ({"address": address} if address else {})


def _told(error: ValidationError) -> list[Any]:
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    return [{**problem, "loc": ("body", *problem["loc"])} for problem in problems]

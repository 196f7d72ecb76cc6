"""Attachments as downloads: for the customer on their own ticket, for staff by a link that was made for them."""

from collections.abc import Mapping
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from common.clock import now
from common.db import Reading
from intake import queries
from intake.context import Parts, Using
from intake.tables import Attachment
from intake.visitors import NoSuchTicket
from intake.web.guard import Visiting

router = APIRouter(include_in_schema=False)
_own = APIRouter(prefix="/t/{reference}/files")

# Whatever a file is, the browser neither runs it nor shows it as a page of ours.
SAFE: Mapping[str, str] = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "private, no-store",
    "referrer-policy": "no-referrer",
}
LONGEST_STAMP = 12


@router.get("/t/files/{attachment_id}")
async def for_staff(
    attachment_id: str, parts: Using, session: Reading, until: str = "", proof: str = ""
) -> StreamingResponse:
    """The file behind a link that is still valid."""
    named, stamp = _id(attachment_id), int(until) if until.isdecimal() and len(until) <= LONGEST_STAMP else 0
    if not parts.seal.opens_file(named, stamp, proof, now()):
        raise NoSuchTicket("There is nothing here.")
    return _download(parts, await queries.file_proven(session, named))


@_own.get("/{attachment_id}")
async def for_customer(visit: Visiting, attachment_id: str, session: Reading) -> StreamingResponse:
    """A file on the visitor's own ticket."""
    return _download(visit.parts, await queries.file_of(session, visit.visitor, _id(attachment_id)))


router.include_router(_own)  # after the route for staff, whose address it would match


def _id(typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError as error:
        raise NoSuchTicket("There is nothing here.") from error


def _download(parts: Parts, file: Attachment) -> StreamingResponse:
    headers = {
        **SAFE,
        "content-length": str(file.size_bytes),
        "content-disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}",
    }
    return StreamingResponse(parts.store.read(file.sha256), headers=headers, media_type=file.media_type)

"""The texts and letters of the laptop, to be read in a browser; only with the demo on and no provider named."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse

from common.auth import Seal
from common.errors import NotFound
from common.pages import Pages
from notifications.text_folder import newest_texts

MOST = 50
FORM = "dev/texts"  # what the form's token is made for; intake, which takes the text, asks for the same

texts = APIRouter(prefix="/dev/texts", include_in_schema=False)
letters = APIRouter(prefix="/dev/letters", include_in_schema=False)


@texts.get("")
async def listed(request: Request) -> Response:
    """The last texts, newest first, and a form to text as a customer does."""
    folder: Path = request.app.state.text_folder
    seal: Seal = request.app.state.seal
    texts_sent = await asyncio.to_thread(newest_texts, folder, MOST)
    return _page(request, "dev_texts.html", {"texts": texts_sent, "csrf_token": seal.form_token(FORM)})


@letters.get("")
async def piled(request: Request) -> Response:
    """The last letters, newest first."""
    folder: Path = request.app.state.letter_folder
    return _page(request, "dev_letters.html", {"letters": await asyncio.to_thread(_newest, folder)})


@letters.get("/{letter_id}")
async def read(request: Request, letter_id: UUID) -> Response:
    """One letter as the PDF that is printed. Raises NotFound."""
    folder: Path = request.app.state.letter_folder
    path = folder / f"{letter_id}.pdf"
    if not await asyncio.to_thread(path.is_file):
        raise NotFound("There is no such letter.")
    headers = {"x-content-type-options": "nosniff", "content-security-policy": "sandbox; default-src 'none'"}
    return FileResponse(path, media_type="application/pdf", content_disposition_type="inline", headers=headers)


def _newest(folder: Path) -> list[tuple[str, datetime, int]]:
    """Name, time and size of the last letters."""
    found = [(path.stem, path.stat()) for path in folder.glob("*.pdf")]
    found.sort(key=lambda each: each[1].st_mtime, reverse=True)
    return [(name, datetime.fromtimestamp(at.st_mtime, UTC), at.st_size) for name, at in found[:MOST]]


def _page(request: Request, name: str, context: Mapping[str, object]) -> Response:
    pages: Pages = request.app.state.pages
    return pages.render(request, name, context)

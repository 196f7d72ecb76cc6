"""The mailbox of the laptop, to be read in a browser; it exists only with the demo on and mail going to a Maildir."""

import asyncio
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from common.errors import NotFound
from common.pages import Pages
from notifications.mailbox import Opened, newest, opened

MOST = 50
# The mail's own page: no scripts, no remote content, a foreign origin to everything else here.
MAIL_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"

router = APIRouter(prefix="/dev/mail", include_in_schema=False)


def _folder(request: Request) -> Path:
    folder: Path = request.app.state.mail_folder
    return folder


def _pages(request: Request) -> Pages:
    pages: Pages = request.app.state.pages
    return pages


Folder = Annotated[Path, Depends(_folder)]
Using = Annotated[Pages, Depends(_pages)]


async def mail_named(name: str, folder: Path) -> Opened:
    """The mail of this name. Raises NotFound."""
    if mail := await asyncio.to_thread(opened, folder, name):
        return mail
    raise NotFound("There is no such mail.")


@router.get("")
async def inbox(request: Request, pages: Using, folder: Folder) -> Response:
    """The last mails, newest first."""
    mails = await asyncio.to_thread(newest, folder, MOST)
    return pages.render(request, "dev_mail.html", {"mails": mails})


@router.get("/{name}")
async def read(request: Request, pages: Using, folder: Folder, name: str) -> Response:
    """One mail: how it looks, its plain text, its headers."""
    return pages.render(request, "dev_mail_open.html", {"mail": await mail_named(name, folder)})


@router.get("/{name}/html")
async def shown(folder: Folder, name: str) -> Response:
    """The HTML part alone, for the frame."""
    mail = await mail_named(name, folder)
    headers = {"content-security-policy": MAIL_POLICY, "x-content-type-options": "nosniff"}
    return Response(mail.html, headers=headers, media_type="text/html")

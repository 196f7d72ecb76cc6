"""What the routes of intake stand on: its parts, put together once and found again on each request."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from common.auth import Seal
from common.pages import Pages
from intake.allowance import Allowance
from intake.attachments import AttachmentStore
from intake.mailroom.viewers import Viewers
from intake.reception import Reception


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of the running service."""

    reception: Reception
    store: AttachmentStore
    seal: Seal
    pages: Pages
    base_url: str
    allowance: Allowance
    viewers: Viewers


async def _parts(request: Request) -> Parts:  # async, or FastAPI would start a thread for it
    parts: Parts = request.app.state.parts
    return parts


Using = Annotated[Parts, Depends(_parts)]

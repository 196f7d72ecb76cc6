"""What stands between a browser and an act: the ticket's cookie, the form's token, and where the form was."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response
from itsdangerous import BadSignature, TimestampSigner

from common.auth import Seal, cookie_name
from common.errors import Forbidden
from intake import references
from intake.context import Parts, Using
from intake.visitors import NoSuchTicket, Visitor

COOKIE_LIFE_SECONDS = 2 * 3600


class ForeignForm(Forbidden):
    """A form that did not come from our own page."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of a visitor who was let in."""

    request: Request
    parts: Parts
    visitor: Visitor

    @property
    def form_token(self) -> str:
        """The token that forms on this visitor's pages carry."""
        return self.parts.seal.form_token(self._key)

    def check_form(self, token: str) -> None:
        """Return when the form came from this visitor's own page; raises ForeignForm."""
        if not is_from_here(self.request, self.parts) or not self.parts.seal.is_form_token(self._key, token):
            raise ForeignForm("This form is no longer valid. Reload the page and send it again.")

    @property
    def _key(self) -> str:
        return self.parts.seal.status_key(self.visitor.reference)


def remember(response: Response, parts: Parts, visitor: Visitor) -> None:
    """Let this browser in for two hours, without the key in the address."""
    response.set_cookie(
        _cookie(parts, visitor.reference),
        _signer(parts.seal, visitor.reference).sign(visitor.reference).decode(),
        max_age=COOKIE_LIFE_SECONDS,
        httponly=True,
        samesite="lax",
        secure=parts.base_url.startswith("https://"),
    )


async def recognise(request: Request, parts: Using, reference: str) -> Visit:
    """The visit of whoever this browser was let in as; raises NoSuchTicket.

    Nothing is looked up, so the answer and its time tell nothing about which tickets exist.
    """
    named = references.parse(reference) or ""
    cookie = request.cookies.get(_cookie(parts, named), "")
    try:
        signed = _signer(parts.seal, named).unsign(cookie, max_age=COOKIE_LIFE_SECONDS)
    except BadSignature as error:
        raise NoSuchTicket("There is nothing here.") from error
    if not named or signed.decode() != named:
        raise NoSuchTicket("There is nothing here.")
    return Visit(request, parts, Visitor(named))


Visiting = Annotated[Visit, Depends(recognise)]


def is_from_here(request: Request, parts: Parts) -> bool:
    """Whether the browser says that the form was on our own site, or says nothing.

    Pages without a referrer post with `Origin: null`; then Sec-Fetch-Site, which no page can forge, tells.
    """
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    if origin is None or origin == "null":
        return site in {None, "same-origin", "none"}
    return urlsplit(origin).netloc in {urlsplit(parts.base_url).netloc, request.url.netloc}


def _cookie(parts: Parts, reference: str) -> str:
    return cookie_name(f"ticket_{reference}", parts.base_url)


def _signer(seal: Seal, reference: str) -> TimestampSigner:
    return TimestampSigner(seal.status_key(reference), salt="status page")

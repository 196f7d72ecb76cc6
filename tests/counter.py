"""A counter for the tests of pages: the style guide on an application of its own, at a fixed moment."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route

from common import styleguide
from common.brand import Brand
from common.pages import Context, Pages

MOMENT = datetime(2026, 12, 2, 13, 30, tzinfo=UTC)  # a Wednesday, 14:30 in Amsterdam


@cache
def pages_at_the_counter() -> Pages:
    return branded_pages(Brand())


def branded_pages(brand: Brand, shared: Callable[[Request], Context] | None = None) -> Pages:
    return Pages("common", brand=brand, now=lambda: MOMENT, shared=shared)


def counter(pages: Pages) -> Starlette:
    async def guide(request: Request) -> Response:
        return styleguide.show(pages, request)

    async def desk(request: Request) -> Response:
        return styleguide.show(pages, request, "staff")

    async def failure(request: Request) -> Response:
        return pages.error(request, request.path_params["status_code"])

    async def token(request: Request) -> Response:
        return PlainTextResponse(request.headers.get("x-csrf-token", "none"))

    routes = [
        Route("/token", token, methods=["POST"]),
        Route("/", guide, methods=["GET", "POST"]),
        Route("/desk", desk),
        Route("/failure/{status_code:int}", failure),
    ]
    return Starlette(routes=[*routes, Mount("/static", pages.static)])

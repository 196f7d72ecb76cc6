"""The way past an application's own layers for its busiest routes: straight from the limits to the function."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from common.errors import Refusal

Function = Callable[[Request], Awaitable[Response]]
FORESEEN = (Refusal, RequestValidationError, HTTPException)  # every application has an answer for these


class LeanRoute(APIRoute):
    """A route whose function takes the request and gives the response, with nothing worked out in between.

    FastAPI's solving of dependencies would cost as much as storing a ticket; the description stays as true as ever.
    """

    def get_route_handler(self) -> Callable[[Request], Any]:
        """The function itself."""
        return self.endpoint


class Shortcut:
    """Calls a lean route without parameters in its path directly; everything else goes on as usual.

    Finding the route and the stacks around it cost a tenth of what storing a ticket does.
    """

    def __init__(self, inner: ASGIApp, app: FastAPI) -> None:
        self._inner = inner
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        lean: dict[tuple[str, str], LeanRoute] = self._app.state.lean_routes
        if scope["type"] == "http" and (route := lean.get((scope["method"], scope["path"]))):
            scope["route"] = route
            response = await self._answer(route.endpoint, Request(scope, receive, send))
            await response(scope, receive, send)
        else:
            await self._inner(scope, receive, send)

    async def _answer(self, function: Function, request: Request) -> Response:
        try:
            return await function(request)
        except FORESEEN as error:
            handler = next(filter(None, map(self._app.exception_handlers.get, type(error).__mro__)))
            answer = handler(request, error)
            return answer if isinstance(answer, Response) else await answer


def shorten(app: FastAPI, *routes: object) -> None:
    """Let these lean routes be called directly; the others among them stay as they are."""
    for route in routes:
        if isinstance(route, LeanRoute):
            app.state.lean_routes |= {(method, route.path): route for method in route.methods or ()}

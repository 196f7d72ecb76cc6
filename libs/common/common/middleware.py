"""Pure ASGI layers around every application: failures caught, bodies limited, answers timed."""

from time import perf_counter

from fastapi import FastAPI, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from common.problem import SENTENCES, problem
from common.telemetry import REQUEST_SECONDS

MAX_BODY_BYTES = 1024 * 1024
MAX_UPLOAD_BYTES = 201 * 1024 * 1024  # ten attachments of 20 MiB, and the words beside them; they go to disk


class CatchFailures:
    """The app's outer edge: whatever was not foreseen becomes an answer with an id, and a line in the log."""

    def __init__(self, inner: ASGIApp, app: FastAPI) -> None:
        self._inner = inner
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            return await self._inner(scope, receive, send)
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._inner(scope, receive, watch)
        except Exception as error:
            if started:
                raise
            response = await self._app.state.answer_failure(Request(scope, receive), error)
            await response(scope, receive, send)


class _TooLarge(Exception):
    pass


class LimitBody:
    """Refuses bodies over 1 MiB (201 MiB for multipart uploads) before anything reads them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        headers = dict(scope["headers"])
        is_upload = headers.get(b"content-type", b"").startswith(b"multipart/form-data")
        most = MAX_UPLOAD_BYTES if is_upload else MAX_BODY_BYTES
        declared = headers.get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > most:
            return await problem(413, SENTENCES[413])(scope, receive, send)
        seen = 0
        is_refused = False

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > most:
                raise _TooLarge
            return message

        async def answer(message: Message) -> None:
            # Whoever read the body made another answer of our refusal: ours is the true one.
            nonlocal is_refused
            if seen > most and not is_refused:
                is_refused = True
                await problem(413, SENTENCES[413])(scope, receive, send)
            elif not is_refused:
                await send(message)

        try:
            await self._app(scope, counted, answer)
        except _TooLarge:
            await answer({})


class Measure:
    """Times every answer by route, so that a path full of ids is one figure."""

    def __init__(self, app: ASGIApp, service: str) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        began = perf_counter()
        status = 500

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watch)
        finally:
            route = getattr(scope.get("route"), "path", "none")
            labels = (self._service, scope["method"], route, str(status))
            REQUEST_SECONDS.labels(*labels).observe(perf_counter() - began)

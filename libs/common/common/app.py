"""What every service's web application has: failures as answers, limits, measurements, health."""

import json
from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from starlette.exceptions import HTTPException

from common.db import DATABASE_ERRORS, Database, is_transient
from common.errors import Refusal
from common.log import logger
from common.middleware import CatchFailures, LimitBody, Measure
from common.problem import SENTENCES, problem
from common.shortcut import Shortcut
from common.telemetry import POOL_IN_USE, trace_requests

log = logger(__name__)

Answer = Callable[[Request, int, str, dict[str, str | float]], Awaitable[Response] | Response]


def build_app(service: str, database: Database, show_error: Answer) -> FastAPI:
    """A web application in which every failure is an answer: problem+json under /api, `show_error` elsewhere."""
    app = FastAPI(
        title=f"Loket {service}",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    app.state.database = database
    app.state.service = service
    _answer_failures(app, show_error)
    _add_health(app, service, database)
    app.add_middleware(LimitBody)
    app.add_middleware(Measure, service=service)
    trace_requests(app)
    return app


def _answer_failures(app: FastAPI, show_error: Answer) -> None:
    async def answer(request: Request, status: int, sentence: str, values: dict[str, str | float]) -> Response:
        if request.url.path.startswith("/api/"):
            return problem(status, sentence % values if values else sentence)
        shown = show_error(request, status, sentence, values)
        return shown if isinstance(shown, Response) else await shown

    async def refused(request: Request, error: Refusal) -> Response:
        response = await answer(request, error.status, error.sentence, error.values)
        if error.retry_after_seconds is not None:
            response.headers["Retry-After"] = str(error.retry_after_seconds)
        return response

    async def malformed(request: Request, error: RequestValidationError) -> Response:
        if not request.url.path.startswith("/api/"):
            return await answer(request, 422, SENTENCES[422], {})
        # Never the input itself: it may hold lone surrogates, secrets or a megabyte.
        errors = [{"where": [_clean(part) for part in e["loc"]], "what": _clean(e["msg"])} for e in error.errors()]
        return problem(422, SENTENCES[422], errors=errors[:20])

    async def http(request: Request, error: HTTPException) -> Response:
        response = await answer(request, error.status_code, SENTENCES.get(error.status_code, str(error.detail)), {})
        response.headers.update(error.headers or {})
        return response

    async def failed(request: Request, error: Exception) -> Response:
        if is_transient(error):
            log.warning("database away", error=type(error).__name__)
            return await answer(request, 503, SENTENCES[503], {})
        log.error("request failed", exc_info=error)
        return await answer(request, 500, SENTENCES[500], {})

    app.add_exception_handler(Refusal, refused)  # type: ignore[arg-type]
    app.add_exception_handler(RequestValidationError, malformed)  # type: ignore[arg-type]
    app.add_exception_handler(HTTPException, http)  # type: ignore[arg-type]
    app.state.answer_failure = failed
    app.state.lean_routes = {}
    app.add_middleware(Shortcut, app=app)
    app.add_middleware(CatchFailures, app=app)


def _clean(part: object) -> str | int:
    return part if isinstance(part, int) else str(part)[:200].encode("utf-8", "replace").decode()


def _add_health(app: FastAPI, service: str, database: Database) -> None:
    @app.get("/livez", include_in_schema=False)
    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> dict[str, str]:
        return {"status": "alive", "service": service}

    @app.get("/readyz", include_in_schema=False)
    async def readyz() -> Response:
        try:
            async with database.reading() as session:
                await session.execute(text("SELECT 1"))
        except DATABASE_ERRORS as error:
            if not is_transient(error):
                raise
            return problem(503, "The database does not answer.")
        return Response(json.dumps({"status": "ready", "service": service}), media_type="application/json")

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        POOL_IN_USE.labels(service).set(database.in_use)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

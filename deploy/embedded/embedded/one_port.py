"""Three applications on one port: each path goes to the service that the proxy would send it to."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
from fastapi import Response
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import text
from starlette.types import Receive, Scope, Send

from common.db import DATABASE_ERRORS, is_transient
from common.paths import service_for
from common.problem import problem
from common.run import Service
from embedded.figures import together

NOWHERE = Path("/nonexistent")


class OnePort:
    """An ASGI application made of the services' own; `figures` is the file of another process's figures."""

    def __init__(self, services: Sequence[Service], figures: Path = NOWHERE) -> None:
        self._figures = figures
        self._services = {service.name: service for service in services}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            return
        path = scope["path"]
        if path == "/readyz":
            await (await self._ready())(scope, receive, send)
        elif path == "/metrics":
            await Response(together(self._figures), media_type=CONTENT_TYPE_LATEST)(scope, receive, send)
        elif path == "/api/openapi.json":
            await self._described()(scope, receive, send)
        else:
            await self._services[service_for(path)].app(scope, receive, send)

    async def _ready(self) -> Response:
        """Ready when every database answers."""
        for service in self._services.values():
            try:
                async with service.database.reading() as session:
                    await session.execute(text("SELECT 1"))
            except DATABASE_ERRORS as error:
                if not is_transient(error):
                    raise
                return problem(503, f"The database of {service.name} does not answer.")
        return Response(orjson.dumps({"status": "ready"}), media_type="application/json")

    def _described(self) -> Response:
        """One OpenAPI document of all three."""
        documents = [service.app.openapi() for service in self._services.values()]
        whole: dict[str, Any] = documents[0] | {"info": {"title": "Loket", "version": "1"}, "paths": {}}
        components: dict[str, Any] = {}
        for document in documents:
            whole["paths"] |= document["paths"]
            for kind, parts in document.get("components", {}).items():
                components.setdefault(kind, {}).update(parts)
        return Response(orjson.dumps(whole | {"components": components}), media_type="application/json")

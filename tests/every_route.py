"""Every route of an application, also of the routers it includes, and what its description says of each."""

from collections.abc import Iterator, Sequence
from typing import Any

from fastapi import FastAPI

METHODS = {"get", "post", "put", "delete", "patch"}


def routes(parts: Sequence[Any]) -> Iterator[Any]:
    """The routes themselves, each with its path and methods."""
    for part in parts:
        if hasattr(part, "methods"):
            yield part
        else:
            inner = getattr(part, "original_router", part)
            yield from routes(getattr(inner, "routes", None) or [])


def operations(app: FastAPI) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and description of everything the API offers."""
    for path, methods in app.openapi()["paths"].items():
        for method, operation in methods.items():
            if path.startswith("/api/") and method in METHODS:
                yield method, path, operation

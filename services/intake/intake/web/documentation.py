"""The API's description for people: every operation on one page that needs nothing from elsewhere."""

from typing import Any

from fastapi import APIRouter, Request, Response

from intake.context import Using
from intake.documented import document

router = APIRouter(include_in_schema=False)


@router.get("/api/docs")
async def show(request: Request, parts: Using) -> Response:
    """The page."""
    described = document(request.app)
    operations = [
        {"method": method.upper(), "path": path, **_shown(operation, described)}
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]
    return parts.pages.render(request, "documentation.html", {"api": described["info"], "operations": operations})


def _shown(operation: dict[str, Any], described: dict[str, Any]) -> dict[str, Any]:
    content = operation.get("requestBody", {}).get("content", {})
    model = content.get("application/json", {}).get("schema", {}).get("$ref", "").rpartition("/")[2]
    schema = described["components"]["schemas"].get(model, {})
    required = set(schema.get("required", ()))
    return {
        "summary": operation["summary"],
        "description": operation.get("description", ""),
        "is_locked": bool(operation.get("security")),
        "forms": list(content),
        "fields": [(name, _kind(field), name in required) for name, field in schema.get("properties", {}).items()],
        "headers": [p["name"] for p in operation.get("parameters", ()) if p["in"] == "header"],
        "answers": [(status, answer["description"]) for status, answer in operation["responses"].items()],
    }


def _kind(field: dict[str, Any]) -> str:
    """What a field holds, in a few words."""
    choices = [choice for choice in field.get("anyOf", [field]) if choice.get("type") != "null"]
    kinds = [choice.get("$ref", "").rpartition("/")[2] or str(choice.get("type", "")) for choice in choices]
    longest = choices[0].get("maxLength") if choices else None
    return " | ".join(kinds) + (f" ≤ {longest}" if longest else "")

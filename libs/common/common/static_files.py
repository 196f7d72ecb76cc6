"""Style sheets, scripts, fonts and icons, served from memory under addresses that change with their content."""

from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
    "webp": "image/webp",
    "woff2": "font/woff2",
}
FOREVER = "public, max-age=31536000, immutable"
SAFE = {"x-content-type-options": "nosniff", "content-security-policy": "default-src 'none'"}


class StaticFiles:
    """The `static` folders of some packages, as an ASGI app to be mounted at /static.

    Addresses read /static/PACKAGE/HASH/PATH, where the hash is that of the package's whole folder, so that relative
    addresses in style sheets keep working. A hash of another release gets today's file, not to be kept.
    """

    def __init__(self, *packages: str) -> None:
        self._trees = {package: dict(_walk(files(package) / "static")) for package in packages}
        self._hashes = {package: _digest(tree) for package, tree in self._trees.items()}

    def url(self, path: str) -> str:
        """The address of the file in the first package that has it; KeyError when none has."""
        for package, tree in self._trees.items():
            if path in tree:
                return f"/static/{package}/{self._hashes[package]}/{path}"
        raise KeyError(path)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a GET or HEAD with the file, anything else with 404."""
        request = Request(scope)
        await self._answer(request)(scope, receive, send)

    def _answer(self, request: Request) -> Response:
        _, _, address = request.scope["path"].rpartition("/static/")
        package, _, rest = address.partition("/")
        digest, _, path = rest.partition("/")
        body = self._trees.get(package, {}).get(path)
        if body is None or request.method not in {"GET", "HEAD"}:
            return PlainTextResponse("There is nothing here.", 404, SAFE)
        keep = FOREVER if digest == self._hashes[package] else "no-cache"
        return Response(body, headers={**SAFE, "cache-control": keep}, media_type=TYPES[path.rpartition(".")[2]])


def _walk(folder: Traversable, prefix: str = "") -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name) if folder.is_dir() else ():
        if entry.is_dir():
            found += _walk(entry, f"{prefix}{entry.name}/")
        elif entry.name.rpartition(".")[2] in TYPES:
            found.append((prefix + entry.name, entry.read_bytes()))
    return found


def _digest(tree: dict[str, bytes]) -> str:
    whole = sha256()
    for path, body in sorted(tree.items()):
        whole.update(f"{path}\0{len(body)}\0".encode() + body)
    return whole.hexdigest()[:12]

"""The attachment store: bytes under their content hash, in a folder or in an object store."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

import obstore
import puremagic
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url
from starlette.datastructures import UploadFile

from common.errors import BadInput, TooLarge, Unavailable
from common.log import logger
from common.wording import clean_line
from intake.drafts import MOST_FILE_BYTES, MOST_FILES, StoredFile

log = logger(__name__)

LONGEST_NAME = 120
HEAD_BYTES = 4096  # what the type is read off
PIECE_BYTES = 1024 * 1024
UNKNOWN = "application/octet-stream"
_PATH = re.compile(r"^.*[/\\]")
_AWKWARD = re.compile(r'[<>:"|?*%;]')


class TooManyFiles(BadInput):
    """More files than a message carries."""


class FileTooLarge(TooLarge):
    """A file over the limit."""


class AttachmentStore:
    """Keeps uploads and gives them back; what lies there is never changed."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    @classmethod
    def at(cls, url: str, folder: Path) -> "AttachmentStore":
        """The store at the address, or in the folder when there is none."""
        return cls(from_url(url) if url else LocalStore(prefix=folder, mkdir=True))

    async def keep(self, uploads: Sequence[UploadFile]) -> tuple[StoredFile, ...]:
        """What was uploaded, once its bytes are in the store. Raises TooManyFiles, FileTooLarge, keeping nothing."""
        chosen = [upload for upload in uploads if upload.filename or upload.size]  # browsers send an empty one
        if len(chosen) > MOST_FILES:
            raise TooManyFiles("Please send at most %(most)s files at once.", most=MOST_FILES)
        for upload in chosen:
            if (upload.size or 0) > MOST_FILE_BYTES:
                name = clean_name(upload.filename or "")
                raise FileTooLarge("The file %(name)s is too large. A file may be 20 MB.", name=name)
        return tuple([await self._keep(upload) for upload in chosen])

    async def _keep(self, upload: UploadFile) -> StoredFile:
        digest, head = await asyncio.to_thread(_read, upload.file)
        await self._put(digest, upload.file)
        return StoredFile(clean_name(upload.filename or ""), media_type(head), upload.size or 0, digest)

    async def keep_bytes(self, files: Sequence[tuple[str, bytes]]) -> tuple[StoredFile, ...]:
        """What came with a mail, by the names its sender gave, once its bytes are in the store."""
        return tuple([await self._keep_bytes(name, content) for name, content in files])

    async def _keep_bytes(self, name: str, content: bytes) -> StoredFile:
        digest = sha256(content).hexdigest()
        await self._put(digest, content)
        return StoredFile(clean_name(name), media_type(content[:HEAD_BYTES]), len(content), digest)

    async def _put(self, digest: str, content: BinaryIO | bytes) -> None:
        """Lay the bytes down, once. Raises Unavailable when the store is away or full."""
        path = f"{digest[:2]}/{digest}"
        try:
            if not await self._has(path):
                await obstore.put_async(self._store, path, content)
        except BaseError as error:
            log.warning("the attachment store takes nothing", error=type(error).__name__)
            raise Unavailable("We cannot do this right now. Nothing was lost; please try again in a moment.") from error

    async def _has(self, path: str) -> bool:
        try:
            await obstore.head_async(self._store, path)
        except FileNotFoundError:
            return False
        return True

    async def read(self, sha256: str) -> AsyncIterator[bytes]:
        """The bytes under this hash, in pieces."""
        found = await obstore.get_async(self._store, f"{sha256[:2]}/{sha256}")
        async for piece in found.stream():
            yield bytes(piece)


def _read(file: BinaryIO) -> tuple[str, bytes]:
    """The hash and the first bytes; the file is left at its beginning."""
    file.seek(0)
    head = file.read(HEAD_BYTES)
    digest = sha256(head)
    while piece := file.read(PIECE_BYTES):
        digest.update(piece)
    file.seek(0)
    return digest.hexdigest(), head


def media_type(head: bytes) -> str:
    """What the bytes are, whatever their name says."""
    try:
        return puremagic.from_string(head, mime=True) or UNKNOWN
    except (puremagic.PureError, ValueError):
        return UNKNOWN if b"\0" in head or not _is_text(head) else "text/plain"


def _is_text(head: bytes) -> bool:
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return len(head) == HEAD_BYTES and error.start > HEAD_BYTES - 4  # the last character was cut in two
    return bool(head)


def clean_name(name: str) -> str:
    """A file name without folders, tricks or excess length; its ending stays."""
    bare = _AWKWARD.sub("_", clean_line(_PATH.sub("", name))).strip(". ") or "file"
    if len(bare) <= LONGEST_NAME:
        return bare
    stem, dot, ending = bare.rpartition(".")
    return f"{stem[: LONGEST_NAME - 12]}{dot}{ending[:10]}" if stem else bare[:LONGEST_NAME]

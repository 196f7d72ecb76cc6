"""How we talk with a child process over its pipes: pieces of bytes, each after its length."""

import asyncio
import struct
from collections.abc import Iterable
from typing import BinaryIO

LENGTH = struct.Struct(">I")


def write_pieces(pipe: BinaryIO, pieces: Iterable[bytes]) -> None:
    """Send pieces, each after its length."""
    for piece in pieces:
        pipe.write(LENGTH.pack(len(piece)))
        pipe.write(piece)
    pipe.flush()


def read_piece(pipe: BinaryIO) -> bytes | None:
    """The next piece; None at the end."""
    head = pipe.read(LENGTH.size)
    return pipe.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else None


async def next_piece(pipe: asyncio.StreamReader) -> bytes:
    """The next piece. Raises IncompleteReadError at the end."""
    (length,) = LENGTH.unpack(await pipe.readexactly(LENGTH.size))
    return await pipe.readexactly(length)

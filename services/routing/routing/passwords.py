"""Passwords: Argon2id, off the event loop and few at a time, because each takes memory and time on purpose."""

import asyncio
import secrets

from pwdlib import PasswordHash

AT_ONCE = 2


class Passwords:
    """Hashes passwords and compares them."""

    def __init__(self) -> None:
        self._hasher = PasswordHash.recommended()
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._nobody = self._hasher.hash(secrets.token_urlsafe())

    def hashed(self, password: str) -> str:
        """What to keep of a password. Takes some tens of milliseconds."""
        return self._hasher.hash(password)

    async def is_right(self, password: str, kept: str | None) -> bool:
        """Whether this is the password of which `kept` was kept; without one it takes as long and is never right."""
        async with self._turn:
            fits = await asyncio.to_thread(self._hasher.verify, password, kept or self._nobody)
        return fits and kept is not None

"""The way in for staff: a name and a password become a session, and tries are counted."""

from dataclasses import dataclass
from datetime import datetime

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import SESSION_LIFE, Seal, Staff
from common.clock import now
from common.db import Database
from common.errors import TooMany, Unauthorised
from routing import staff
from routing.passwords import Passwords
from routing.viewer import Viewer

WRONG_PER_ACCOUNT = RateLimitItemPerMinute(10, 15)  # in fifteen minutes
WRONG_PER_ADDRESS = RateLimitItemPerMinute(50, 15)


@dataclass(frozen=True)
class Admitted:
    """Somebody who is in: what their client must keep."""

    viewer: Viewer
    token: str
    form_token: str
    expires_at: datetime


class Entrance:
    """Lets staff in, and knows who is in."""

    def __init__(self, database: Database, seal: Seal, passwords: Passwords) -> None:
        self._database = database
        self._seal = seal
        self._passwords = passwords
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    async def admit(self, username: str, password: str, address: str) -> Admitted:
        """A new session for a name and its password. Raises Unauthorised, and TooMany after many wrong tries."""
        tries = ((WRONG_PER_ACCOUNT, "account", username.lower()), (WRONG_PER_ADDRESS, "address", address))
        for limit, *key in tries:
            if not await self._limiter.test(limit, *key):
                raise TooMany("Too many wrong passwords; wait a quarter of an hour and try again.")
        async with self._database.reading() as session:
            known = await staff.account(session, username)
        if not await self._passwords.is_right(password, known.password_hash if known else None) or known is None:
            for limit, *key in tries:
                await self._limiter.hit(limit, *key)
            raise Unauthorised("This name and password do not belong together.")
        async with self._database.transaction() as session:
            return self.admitted(await staff.log_in(session, known.agent_id, now()))

    def admitted(self, viewer: Viewer) -> Admitted:
        """What the client of this session must keep."""
        told = Staff(viewer.agent_id, viewer.session_id, viewer.role, viewer.username, viewer.language)
        token = self._seal.session_token(told)
        return Admitted(viewer, token, self._seal.form_token(str(viewer.session_id)), now() + SESSION_LIFE)

    def told(self, token: str) -> Staff | None:
        """Who a token says is in; None when it is forged or too old. Its session may have ended."""
        return self._seal.open_session(token)

    async def viewer(self, session: AsyncSession, token: str) -> Viewer | None:
        """Who is in with this token; None when it is forged, too old, or its session was ended."""
        told = self.told(token)
        return await staff.viewer_of(session, told, now()) if told else None

    def form_token(self, viewer: Viewer) -> str:
        """The token that this session's forms must carry."""
        return self._seal.form_token(str(viewer.session_id))

    def is_form_token(self, who: Viewer | Staff, token: str) -> bool:
        """Whether a form or a header carries the token of this session."""
        return self._seal.is_form_token(str(who.session_id), token)

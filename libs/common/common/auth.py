"""Proofs made from the secret key: status links, staff sessions, form tokens. Nothing here needs a database."""

import hmac
from base64 import b32decode, b32encode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from itsdangerous import BadSignature, URLSafeTimedSerializer

from common.vocabulary import Role

SESSION_LIFE = timedelta(hours=12)
TICKET_CHARACTERS = 26  # a ticket id in base32
TOKEN_CHARACTERS = TICKET_CHARACTERS + 2 + 16  # and the key id and the proof


@dataclass(frozen=True, slots=True)
class Staff:
    """Who acts: a member of staff with a valid session."""

    agent_id: UUID
    session_id: UUID
    role: Role
    username: str
    language: str = "nl"

    @property
    def is_lead(self) -> bool:
        """Whether they may see and do what leads may."""
        return self.role in {Role.LEAD, Role.ADMIN}


class Seal:
    """Signs and checks with keys derived from one secret, a key for each purpose."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._keys: dict[str, bytes] = {}  # one a purpose, of which there are a handful

    def _key(self, purpose: str) -> bytes:
        if purpose not in self._keys:
            self._keys[purpose] = hmac.digest(self._secret, f"loket {purpose}".encode(), sha256)
        return self._keys[purpose]

    def _mac(self, purpose: str, *parts: object) -> str:
        message = "\x1f".join(map(str, parts)).encode()
        return urlsafe_b64encode(hmac.digest(self._key(purpose), message, sha256)[:24]).decode()

    def status_key(self, reference: str) -> str:
        """The 192-bit key that opens the status page of one ticket, for ever the same."""
        return self._mac("status", reference)

    def opens_status(self, reference: str, key: str) -> bool:
        """Whether this key belongs to this ticket."""
        return hmac.compare_digest(self.status_key(reference).encode(), key.encode())

    def status_url(self, base_url: str, reference: str) -> str:
        """The customer's signed link."""
        return f"{base_url}/t/{reference}?key={self.status_key(reference)}"

    def reply_token(self, ticket_id: UUID, recipient: str) -> str:
        """What makes a plus-address a proof that its mail answers this ticket: ticket, key id and 80 bits of HMAC.

        Lower-case letters and digits only, since mail servers may change the case; 44 characters of the 64 allowed.
        """
        key_id = _base32(sha256(self._key("reply")).digest()[:1])
        mac = hmac.digest(self._key("reply"), f"{ticket_id}\x1f{recipient.lower()}\x1f{key_id}".encode(), sha256)
        return f"{_base32(ticket_id.bytes)}{key_id}{_base32(mac[:10])}"

    def answered_ticket(self, token: str, sender: str) -> UUID | None:
        """The ticket that a reply token from this sender answers; None when the token is not ours or not theirs."""
        ticket_id = ticket_named(token)
        expected = self.reply_token(ticket_id, sender) if ticket_id else ""
        return ticket_id if hmac.compare_digest(expected.encode(), token.lower().encode()) else None

    def thread_id(self, ticket_id: UUID, recipient: str, domain: str) -> str:
        """The root that every mail on a ticket to this recipient refers to, without brackets; itself never sent.

        Its left side is the reply token, so that an answer proves itself even where the reply address got lost.
        """
        return f"{self.reply_token(ticket_id, recipient)}@{domain}"

    def preferences_url(self, base_url: str, person_id: UUID) -> str:
        """The link by which a person says how they want to be reached."""
        return f"{base_url}/preferences/{person_id}?key={self._mac('preferences', person_id)}"

    def opens_preferences(self, person_id: UUID, key: str) -> bool:
        """Whether this key belongs to this person."""
        return hmac.compare_digest(self._mac("preferences", person_id).encode(), key.encode())

    def file_link(self, base_url: str, attachment_id: UUID, until: datetime) -> str:
        """A link to one attachment that works until then, for a reader whose right was just checked."""
        stamp = int(until.timestamp())
        return f"{base_url}/t/files/{attachment_id}?until={stamp}&proof={self._mac('file', attachment_id, stamp)}"

    def opens_file(self, attachment_id: UUID, until: int, proof: str, now: datetime) -> bool:
        """Whether this proof opens this attachment at this moment."""
        expected = self._mac("file", attachment_id, until)
        return now.timestamp() <= until and hmac.compare_digest(expected.encode(), proof.encode())

    def mail_link(self, base_url: str, message_id: UUID, agent_id: UUID, until: datetime) -> str:
        """A link to the mail behind a message as it was sent, for one member of staff, that works until then."""
        stamp = int(until.timestamp())
        proof = self._mac("mail", message_id, agent_id, stamp)
        return f"{base_url}/mail/sent/{message_id}?until={stamp}&proof={proof}"

    def opens_mail(self, message_id: UUID, agent_id: UUID, until: int, proof: str, now: datetime) -> bool:
        """Whether this proof opens the mail behind this message for this member of staff at this moment."""
        expected = self._mac("mail", message_id, agent_id, until)
        return now.timestamp() <= until and hmac.compare_digest(expected.encode(), proof.encode())

    def form_token(self, bound_to: str) -> str:
        """A token against cross-site posts, bound to a session id or to a status key."""
        return self._mac("form", bound_to)

    def is_form_token(self, bound_to: str, token: str) -> bool:
        """Whether a posted token was made for this session."""
        return hmac.compare_digest(self.form_token(bound_to).encode(), token.encode())

    def session_token(self, staff: Staff) -> str:
        """The token a browser's cookie or an API client's bearer header carries."""
        claims = [str(staff.agent_id), str(staff.session_id), staff.role.value, staff.username, staff.language]
        return self._sessions().dumps(claims)

    def open_session(self, token: str) -> Staff | None:
        """Who the token speaks for; None when it is forged, foreign or older than twelve hours.

        Routing also asks its table whether the session still lives; other services ask their copy of ended ones.
        """
        try:
            agent_id, session_id, role, username, language = self._sessions().loads(
                token, max_age=int(SESSION_LIFE.total_seconds())
            )
            return Staff(UUID(agent_id), UUID(session_id), Role(role), username, language)
        except (BadSignature, ValueError, TypeError, AttributeError):
            return None

    def _sessions(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self._key("session"), signer_kwargs={"digest_method": sha256})


def ticket_named(token: str) -> UUID | None:
    """The ticket that a reply token names, proven or not; None when it has not the form of one."""
    if len(token) != TOKEN_CHARACTERS:
        return None
    try:
        return UUID(bytes=b32decode(f"{token[:TICKET_CHARACTERS].upper()}======"))
    except ValueError:
        return None


def _base32(raw: bytes) -> str:
    return b32encode(raw).decode().rstrip("=").lower()


def cookie_name(name: str, base_url: str) -> str:
    """`__Host-` names need TLS; on plain http (the laptop) the browser would refuse them."""
    return f"__Host-{name}" if base_url.startswith("https://") else name

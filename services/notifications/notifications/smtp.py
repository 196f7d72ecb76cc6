"""The channel of production: mails go to an SMTP server over a few connections that are kept open."""

import asyncio
import re
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib

from notifications.channels import Parcel
from notifications.retries import Answer, Verdict

COMMAND_SECONDS = 20
ATTEMPT_SECONDS = 50  # well within the lease of a delivery
SURELY_OPEN_SECONDS = 5
PERMANENT = range(500, 600)
# RFC 3463: no such mailbox or system, an address that is none, moved away, takes no mail at all.
NOBODY_THERE = {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"}
_STATUS = re.compile(r"^[245]\.\d{1,3}\.\d{1,3}\b")


@dataclass(frozen=True, slots=True)
class Server:
    """Where the SMTP server is and how to greet it."""

    host: str
    port: int
    username: str | None
    password: str | None
    is_tls: bool
    starttls: bool | None  # None: when the server offers it
    authority: str | None = None  # a file with the certificate that vouches for the server, when it is a private one


def server_of(url: str) -> Server:
    """The server in `smtp://user:password@host:port?starttls=never` or `smtps://…`.

    With a password STARTTLS is obligatory, else it is used when offered; `starttls=always|never` overrules.
    `ca=/path/to.pem` names a certificate authority of one's own.
    """
    parts = urlsplit(url)
    is_tls = parts.scheme == "smtps"
    wishes = {name: values[0] for name, values in parse_qs(parts.query).items()}
    wish = wishes.get("starttls", "")
    starttls = {"always": True, "never": False}.get(wish, True if parts.password else None)
    return Server(
        host=parts.hostname or "localhost",
        port=parts.port or (465 if is_tls else 25),
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        is_tls=is_tls,
        starttls=False if is_tls else starttls,
        authority=wishes.get("ca"),
    )


class Smtp:
    """Hands mails to one SMTP server. A refusal of the recipient or the content is final, anything else is not."""

    at_once = 32
    a_domain = 8

    def __init__(self, server: Server) -> None:
        self._server = server
        self._idle: list[tuple[aiosmtplib.SMTP, float]] = []  # with the time each was last used

    async def send(self, mail: Parcel) -> Answer:
        """Accepted after the server's 250 to the content; refused after its 5xx to recipient or content."""
        try:
            async with asyncio.timeout(ATTEMPT_SECONDS):
                return await self._attempt(mail)
        except TimeoutError:
            return Answer(Verdict.TRY_LATER, "the mail server did not answer in time")

    async def _attempt(self, mail: Parcel) -> Answer:
        try:
            client = await self._connection()
        except (aiosmtplib.SMTPException, OSError) as error:
            return Answer(Verdict.AWAY, f"no connection: {_said(error, mail)}")
        is_broken = True
        try:
            answer = await self._bring(client, mail)
            is_broken = False
        except OSError as error:  # time-outs and lost connections
            return Answer(Verdict.TRY_LATER, f"the connection broke: {type(error).__name__}")
        finally:
            if is_broken:
                client.close()
        self._idle.append((client, _clock()))
        return answer

    async def _bring(self, client: aiosmtplib.SMTP, mail: Parcel) -> Answer:
        options, wishes = _options(client, mail)
        try:
            _, said = await client.sendmail(
                mail.sender, [mail.recipient], mail.content, mail_options=options, rcpt_options=wishes
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            return _refused(error.recipients[0], mail)
        except aiosmtplib.SMTPDataError as error:
            return _refused(error, mail)
        except aiosmtplib.SMTPNotSupported:
            return Answer(Verdict.REFUSED, "the mail server takes no addresses with such characters")
        except aiosmtplib.SMTPResponseException as error:
            return Answer(Verdict.TRY_LATER, _said(error, mail))
        return Answer(Verdict.ACCEPTED, _clean(said, mail))

    async def _connection(self) -> aiosmtplib.SMTP:
        while self._idle:
            client, used_at = self._idle.pop()
            if client.is_connected and (_clock() - used_at < SURELY_OPEN_SECONDS or await _is_alive(client)):
                return client
            client.close()
        server = self._server
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.username,
            password=server.password,
            use_tls=server.is_tls,
            start_tls=server.starttls,
            cert_bundle=server.authority,
            timeout=COMMAND_SECONDS,
        )
        await client.connect()
        return client

    async def close(self) -> None:
        """Hang up."""
        for client, _ in self._idle:
            client.close()
        self._idle.clear()


def _clock() -> float:
    return asyncio.get_running_loop().time()


async def _is_alive(client: aiosmtplib.SMTP) -> bool:
    """Whether a connection that lay idle still answers; servers hang up after a while without saying so."""
    try:
        await client.rset()
    except (aiosmtplib.SMTPException, OSError):
        return False
    return True


def _options(client: aiosmtplib.SMTP, mail: Parcel) -> tuple[list[str], list[str]]:
    """What to ask of the server for this mail: other scripts in addresses, and word of what goes wrong further on."""
    options = [] if mail.recipient.isascii() else ["SMTPUTF8"]
    if not client.supports_extension("dsn"):
        return options, []
    # Only the headers come back: what we wrote to a customer is of no use to whoever reads the bounces.
    return [*options, "RET=HDRS", f"ENVID={mail.delivery_id.hex}"], ["NOTIFY=FAILURE,DELAY"]


def _refused(error: aiosmtplib.SMTPResponseException, mail: Parcel) -> Answer:
    if error.code not in PERMANENT:
        return Answer(Verdict.TRY_LATER, _said(error, mail))
    status = _STATUS.match(" ".join(error.message.split()))
    is_gone = status is not None and status.group() in NOBODY_THERE
    return Answer(Verdict.GONE if is_gone else Verdict.REFUSED, _said(error, mail))


def _said(error: Exception, mail: Parcel) -> str:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"{error.code} {_clean(error.message, mail)}".strip()
    return type(error).__name__


def _clean(said: str, mail: Parcel) -> str:
    """The server's words without the address, which they like to quote."""
    line = " ".join(said.split())
    status = _STATUS.match(line)
    local, _, _domain = mail.recipient.partition("@")
    line = re.sub(r"\S*@\S*", "<address>", line)
    line = re.sub(re.escape(local), "<address>", line, flags=re.IGNORECASE) if local else line
    return line[:200] if line.isprintable() else (status.group() if status else "")

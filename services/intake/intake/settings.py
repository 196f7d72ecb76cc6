"""Settings that only intake has."""

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from common.vocabulary import Language, Topic
from intake.allowance import networks
from intake.senders.verdicts import split_server


class ImapMailbox(BaseModel):
    """A mailbox to fetch mail from. Give a password, or the address of a file that holds an OAuth2 access token."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    host: str
    port: int = Field(993, ge=1, le=65535)
    security: Literal["tls", "starttls", "none"] = "tls"
    user: str
    password: SecretStr | None = None
    token_file: Path | None = None  # renewed by whoever keeps it; read at each login
    folder: str = "INBOX"
    address: str  # what customers write to
    language: Language | None = None  # to answer in when the words do not tell
    topic: Topic | None = None  # where the words give none


class IntakeSettings(BaseSettings):
    """Where attachments lie, where mail comes in and whom to believe about it."""

    model_config = SettingsConfigDict(env_prefix="LOKET_", env_file=".env", extra="ignore", frozen=True)

    # Empty: a folder in the data directory, else any address obstore knows (s3://…).
    attachments_url: str = Field("", pattern=r"^$|^(file|s3|gs|az|memory)://")
    smtp_host: str = "127.0.0.1"
    smtp_port: int = Field(8025, ge=0, le=65535)  # 0: no listener
    smtp_certificate: Path | None = None  # with the key: STARTTLS is offered
    smtp_key: Path | None = None
    smtp_protocol: Literal["smtp", "lmtp"] = "smtp"
    # Whom to believe about a sender: the results of our border server, or a check of our own.
    mail_check: Literal["border", "own"] = "border"
    mail_resolver: str = ""  # the name server our own check asks: 192.0.2.1 or [2001:db8::1]:53; empty: the machine's
    mail_kept_days: int = Field(30, ge=1, le=3650)  # how long a mail that is done is kept as it came
    mail_relays: tuple[IPv4Network | IPv6Network, ...] = ()  # our own servers that pass mail on to us
    mail_border: str = ""  # the server name in the Authentication-Results that are believed
    mail_border_hops: int = Field(1, ge=0, le=10)  # Received headers of our own servers above them
    mail_colleagues: tuple[
        str, ...
    ] = ()  # addresses and domains whose forwards are a customer's; empty: our own domain
    mailboxes: tuple[ImapMailbox, ...] = ()
    sms_sender: str = "Loket"  # the name or number we text from
    country: str = "nl"  # of telephone numbers without a country code
    limit_burst: int = Field(100, ge=1)  # tickets and messages one address may bring at once, a process
    limit_per_minute: int = Field(60, ge=0)  # and after that; 0: no limit
    # Never limited. A private address is a colleague's, or that of a proxy that hides many people.
    limit_exempt: str = "127.0.0.0/8,::1,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7"
    sms_secret: SecretStr = SecretStr("")  # whsec_…: what the provider of texts signs its calls to us with

    @field_validator("limit_exempt")
    @classmethod
    def _networks(cls, value: str) -> str:
        networks(value)
        return value

    @field_validator("mail_resolver")
    @classmethod
    def _server(cls, value: str) -> str:
        if value:
            split_server(value)
        return value

    @field_validator("mail_border")
    @classmethod
    def _lower(cls, value: str) -> str:
        return value.lower()

    def tls(self) -> SSLContext | None:
        """What STARTTLS needs; None when no certificate is set."""
        if not self.smtp_certificate:
            return None
        context = SSLContext(PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.smtp_certificate, self.smtp_key)
        return context

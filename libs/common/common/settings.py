"""Settings from the environment and `.env`: typed, refused with a sentence when wrong."""

import sys
from ipaddress import ip_network
from pathlib import Path
from typing import Self, TypeVar
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from common.brand import Brand

EXIT_WRONG_SETTING = 2
DEMO_SECRET = "only for the demo on a laptop, never elsewhere"  # noqa: S105 - refused outside the demo
SHORTEST_SECRET = 32
S = TypeVar("S", bound=BaseSettings)


class BadSetting(Exception):
    """Something in the surroundings does not let Loket start; the sentence says what to change."""


class Settings(BaseSettings):
    """What every service needs to know."""

    model_config = SettingsConfigDict(
        env_prefix="LOKET_", env_file=".env", extra="ignore", validate_default=True, frozen=True
    )

    http_port: int = Field(8080, ge=1, le=65535)
    data_dir: Path = Path("var")
    base_url: str = ""  # what customers' links start with; from the port when empty
    mail_url: str = "maildir:./var/mail"
    mail_address: str = "Loket <help@loket.example>"
    bus_url: str = "postgres"
    database_url: str = ""  # one database for a single service; each service may have its own below
    intake_database_url: str = ""
    routing_database_url: str = ""
    notifications_database_url: str = ""
    log_database_url: str = ""  # the PostgreSQL log's own database
    secret_key: SecretStr = SecretStr(DEMO_SECRET)
    demo: bool = False
    brand: str = "Loket"
    accent: str = ""  # a colour as #RRGGBB; empty: the house colour
    logo_url: str = ""
    zone: str = "Europe/Amsterdam"
    trusted_proxies: str = "127.0.0.1"  # addresses and networks whose X-Forwarded-For is believed
    decision_days: int = Field(400, ge=1, le=36_500)  # so long is kept what a decision went by; then what was decided
    pool_size: int = Field(8, ge=2, le=100)  # database connections a service and process
    instance: str = Field(
        "", validation_alias=AliasChoices("LOKET_INSTANCE", "HOSTNAME")
    )  # names this member of a Kafka group
    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")

    @field_validator("base_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in {"http", "https"}:
            raise ValueError("must start with http:// or https://")
        return value.rstrip("/")

    @field_validator("accent")
    @classmethod
    def _readable(cls, value: str) -> str:
        return Brand(accent=value).accent if value else value

    @field_validator("mail_url")
    @classmethod
    def _mail(cls, value: str) -> str:
        if not value.startswith(("maildir:", "smtp://", "smtps://")):
            raise ValueError("must be maildir:FOLDER, smtp://host:port or smtps://host:port")
        return value

    @field_validator("bus_url")
    @classmethod
    def _bus(cls, value: str) -> str:
        if value != "postgres" and not value.startswith("kafka://"):
            raise ValueError(
                "must be postgres or kafka://host:port,host:port/prefix (the prefix of the topics may be left out)"
            )
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: str) -> str:
        try:
            for part in filter(None, map(str.strip, value.split(","))):
                ip_network(part)
        except ValueError as error:
            raise ValueError("must be addresses or networks with commas between them") from error
        return value

    @model_validator(mode="after")
    def _safe(self) -> Self:
        secret = self.secret_key.get_secret_value()
        if not self.demo and (secret == DEMO_SECRET or len(secret) < SHORTEST_SECRET):
            raise ValueError(
                "LOKET_SECRET_KEY must be set to at least 32 random characters, the same for every service"
            )
        if self.demo and urlsplit(self.public_url).hostname not in {"127.0.0.1", "localhost", "::1"}:
            raise ValueError("LOKET_DEMO makes accounts with a known password and is refused outside 127.0.0.1")
        return self

    @property
    def public_url(self) -> str:
        """Where people find Loket, without a slash at the end."""
        return self.base_url or f"http://127.0.0.1:{self.http_port}"

    def database_of(self, service: str) -> str:
        """The database address of a service, for the asynchronous driver."""
        url = str(getattr(self, f"{service}_database_url") or self.database_url)
        return url.replace("postgresql://", "postgresql+asyncpg://", 1)


def load(cls: type[S]) -> S:
    """The settings; a wrong one ends the program with one readable sentence and exit code 2."""
    try:
        return cls()
    except ValidationError as error:
        for problem in error.errors():
            where = "_".join(map(str, problem["loc"])).upper()
            name = f"LOKET_{where}: " if where and not where.startswith("LOKET_") else ""
            sentence = problem["msg"].removeprefix("Value error, ")
            sys.stderr.write(f"{name}{sentence}\n")
        raise SystemExit(EXIT_WRONG_SETTING) from error

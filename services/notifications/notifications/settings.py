"""Settings of the channels beside mail; a channel without an address of its own does not exist here."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from common.telephone import COUNTRY_CODES
from notifications.outside import Network, networks

FOLDER = "folder:"


class Outgoing(BaseSettings):
    """Where texts, letters and calls go."""

    model_config = SettingsConfigDict(
        env_prefix="LOKET_", env_file=".env", extra="ignore", validate_default=True, frozen=True
    )

    sms_url: str = ""  # the provider's address for new messages
    sms_token: SecretStr = SecretStr("")  # sent as a bearer token
    sms_sender: str = "Loket"
    sms_form: Literal["json", "form"] = "json"
    sms_fields: dict[str, str] = Field(default_factory=dict)  # ours → theirs, of id, from, to, text
    sms_secret: SecretStr = SecretStr("")  # whsec_…: what the provider signs its calls to us with
    letter_dir: Path | None = None  # letters are dropped here as PDF
    country: str = "nl"  # of telephone numbers without a country code
    outbound_allow: str = ""  # networks of our own that may be called: 10.1.0.0/16, fd00::/8

    @field_validator("country")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in COUNTRY_CODES:
            raise ValueError(f"must be one of {', '.join(sorted(COUNTRY_CODES))}")
        return value

    @field_validator("sms_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and not value.startswith(("https://", "http://", FOLDER)):
            raise ValueError("must start with https:// (or with folder: on a laptop)")
        return value

    @field_validator("outbound_allow")
    @classmethod
    def _networks(cls, value: str) -> str:
        networks(value)
        return value

    def in_the_house(self, data_dir: Path) -> "Outgoing":
        """The same, with texts and letters that have no way out yet in folders of the laptop."""
        folders = {"sms_url": f"{FOLDER}{data_dir / 'texts'}", "letter_dir": data_dir / "letters"}
        return self.model_copy(update={name: at for name, at in folders.items() if not getattr(self, name)})

    @property
    def trusted(self) -> tuple[Network, ...]:
        """The networks of our own that may be called."""
        return networks(self.outbound_allow)

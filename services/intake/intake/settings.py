"""Settings that only intake has."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class IntakeSettings(BaseSettings):
    """Where attachments lie; empty: a folder in the data directory, else any address obstore knows (s3://…)."""

    model_config = SettingsConfigDict(env_prefix="LOKET_", env_file=".env", extra="ignore", frozen=True)

    attachments_url: str = Field("", pattern=r"^$|^(file|s3|gs|az|memory)://")

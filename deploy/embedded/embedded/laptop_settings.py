"""Settings of a Loket on one machine: what is not given lies in its data directory."""

import os
import secrets
from pathlib import Path
from typing import Self

from pydantic import SecretStr, model_validator

from common.settings import Settings
from embedded.composition import NAMES
from embedded.postgres import Server

SECRET_BYTES = 48


class LaptopSettings(Settings):
    """The same settings with what a laptop needs: demo accounts, and a secret and a mailbox in the data directory."""

    demo: bool = True
    mail_url: str = ""
    host: str = "127.0.0.1"

    @model_validator(mode="before")
    @classmethod
    def _in_the_data_directory(cls, values: dict[str, object]) -> dict[str, object]:
        folder = Path(str(values.get("data_dir", "var")))
        return {"mail_url": f"maildir:{folder / 'mail'}"} | values

    @property
    def database_directory(self) -> Path:
        """Where the private PostgreSQL keeps its files."""
        return self.data_dir / "postgres"

    @property
    def figures_file(self) -> Path:
        """Where the loops' process leaves its figures."""
        return self.data_dir / "loops.prom"

    def complete(self) -> Self:
        """These settings with the secret and the database addresses of this machine filled in."""
        server = Server(self.database_directory).attach()
        addresses = {f"{name}_database_url": server.url(name) for name in (*NAMES, "log")}
        return self.model_copy(update=addresses | {"secret_key": SecretStr(_secret(self.data_dir))})


def _secret(folder: Path) -> str:
    """The secret key of this machine, made on the first start and kept."""
    path = folder / "secret_key"
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(SECRET_BYTES))
    return path.read_text().strip()

"""Where the databases of this Loket are: named in the environment, or on this machine beside a running `loket run`."""

from pydantic_settings import BaseSettings, SettingsConfigDict

from common.settings import BadSetting, Settings, load
from embedded.composition import NAMES
from embedded.laptop_settings import LaptopSettings


class _Named(BaseSettings):
    """The addresses alone: in production the laptop's other defaults would be refused."""

    model_config = SettingsConfigDict(env_prefix="LOKET_", env_file=".env", extra="ignore")

    database_url: str = ""
    intake_database_url: str = ""
    routing_database_url: str = ""
    notifications_database_url: str = ""


def settings_here() -> Settings:
    """Settings with every database address filled in. Raises BadSetting when there is no Loket here."""
    named = _Named()
    if all(getattr(named, f"{name}_database_url") or named.database_url for name in NAMES):
        return load(Settings)
    laptop = load(LaptopSettings)
    if not (laptop.database_directory / "cluster" / "postmaster.pid").exists():
        raise BadSetting(f"No Loket runs on {laptop.data_dir}: start it with make run, or set LOKET_DATABASE_URL.")
    return laptop.complete()

"""Where the databases of this Loket are: named in the environment, or on this machine beside a running `loket run`."""

from common.settings import BadSetting, Settings, load
from embedded.laptop_settings import LaptopSettings
from embedded.services import NAMES


def settings_here() -> Settings:
    """Settings with every database address filled in. Raises BadSetting when there is no Loket here."""
    laptop = load(LaptopSettings)
    if all(laptop.database_of(name) for name in NAMES):
        return load(Settings)
    if not (laptop.database_directory / "cluster" / "postmaster.pid").exists():
        raise BadSetting(
            f"No Loket is running on {laptop.data_dir}: start it with make run, or set LOKET_DATABASE_URL."
        )
    return laptop.complete()

"""The three services by name: where their composition roots stand."""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import cast

from common.run import Service
from common.settings import Settings

NAMES = ("intake", "routing", "notifications")


def build(name: str, settings: Settings) -> Service:
    """One service, put together with these settings; only its own code is loaded."""
    make = cast("Callable[[Settings], Service]", import_module(f"{name}.app").build)
    return make(settings)


def build_all(settings: Settings) -> Sequence[Service]:
    """All three, for one process."""
    return [build(name, settings) for name in NAMES]

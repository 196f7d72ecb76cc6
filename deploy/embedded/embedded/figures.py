"""One page of figures for two processes: the loops write theirs to a file, the web adds them to its own."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

from prometheus_client import REGISTRY, CollectorRegistry, Metric, generate_latest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample

WRITE_EVERY_SECONDS = 2


async def keep_writing(file: Path) -> None:
    """Write this process's figures to a file every two seconds, for ever."""
    unfinished = file.with_suffix(".new")
    while True:
        unfinished.write_bytes(generate_latest())
        unfinished.replace(file)
        await asyncio.sleep(WRITE_EVERY_SECONDS)


def together(file: Path) -> bytes:
    """The figures of this process and those last written by the other, as one page."""
    registry = CollectorRegistry()
    registry.register(_Sum(file))
    return generate_latest(registry)


class _Sum(Collector):
    """Series of the same name and labels are added up."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def collect(self) -> Iterator[Metric]:
        """Each family once."""
        written = self._file.read_text() if self._file.exists() else ""
        families: dict[str, Metric] = {}
        for family in (*REGISTRY.collect(), *text_string_to_metric_families(written)):
            if family.name in families:
                families[family.name].samples = _added(families[family.name], family)
            else:
                families[family.name] = family
        yield from families.values()


def _added(one: Metric, other: Metric) -> list[Sample]:
    """The samples of two families of one name."""
    found: dict[tuple[str, tuple[tuple[str, str], ...]], Sample] = {}
    for sample in (*one.samples, *other.samples):
        key = (sample.name, tuple(sorted(sample.labels.items())))
        before = found.get(key)
        found[key] = sample if before is None else before._replace(value=before.value + sample.value)
    return list(found.values())

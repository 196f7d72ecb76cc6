"""Two Lokets that mail each other, each with its own databases and its own port for mail: they fall silent."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from email.utils import parseaddr
from importlib import import_module
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from common.db import Database
from common.migrate import migrate_log, migrate_service
from common.settings import Settings
from embedded.composition import NAMES, build_all
from embedded.postgres import Server
from intake.incoming import Arrived
from intake.judging import Judge
from intake.mailroom.assembly import house_of
from intake.mailroom.listener import Door, Listener, Store
from intake.mailroom.readers import Readers
from intake.mailroom.worker import Desk, Worker
from intake.settings import IntakeSettings
from letterbox import letter
from running import Stage, empty
from town import Town

MOST_ROUNDS = 5
TELLTALE = (b"auto-submitted:", b"x-auto-response-suppress:", b"precedence:", b"list-")
WORDS = "hond kat vis paard koe schaap geit kip eend gans zwaan uil mus mees".split()  # noqa: SIM905
KEPT = ("team", "queue", "agent", "agent_queue", "agent_skill", "agent_language", "skill", "shift", "policy")


class Forgetful(Store):
    """A door behind a mail server that drops what programs say of themselves; it counts what comes in."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.seen: list[bytes] = []
        self.forgets = False
        self.rewords = False

    async def keep(self, arrived: Arrived) -> None:
        """As the real one."""
        self.seen.append(arrived.raw)
        if self.forgets:
            head, gap, body = arrived.raw.partition(b"\r\n\r\n")
            lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(TELLTALE)]
            if self.rewords:
                lines = [line for line in lines if not line.lower().startswith(b"content-")]
                gap += f"Een {WORDS[len(self.seen) % len(WORDS)]} om ".encode()
            arrived = replace(arrived, raw=b"\r\n".join(lines) + gap + body)
        await super().keep(arrived)


@dataclass
class Place:
    """One Loket: a town, its door for mail, and whoever reads what comes through it."""

    name: str
    town: Town
    store: Forgetful
    worker: Worker

    @property
    def address(self) -> str:
        return parseaddr(self.town.settings.mail_address)[1]

    async def settle(self) -> int:
        """Everything that lies here is read, told and sent: how many mails were read."""
        read = await self.worker.drain()
        await self.town.settle()
        return read

    async def ends(self) -> list[tuple[str, str]]:
        """What became of the mails, in order of arrival: state, and thread or reason."""
        async with self.town.database("intake").reading() as session:
            rows = await session.execute(text("SELECT state, coalesce(thread, reason, '') FROM mail ORDER BY mail_id"))
            return [(row[0], row[1]) for row in rows]


@asynccontextmanager
async def place(name: str, postgres: Server, folder: Path, other_port: int, store: Forgetful) -> AsyncIterator[Place]:
    urls = {each: postgres.ensure_database(f"{name}_{each}") for each in (*NAMES, "log")}
    settings = Settings(
        mail_address=f"Loket {name} <help@{name}.example>",
        mail_url=f"smtp://127.0.0.1:{other_port}?starttls=never",
        data_dir=folder,
        secret_key=SecretStr(f"only for the stories of {name}, never elsewhere!"),
        **{f"{each}_database_url": url for each, url in urls.items()},  # type: ignore[arg-type]
    )
    services = build_all(settings)
    intake = next(service for service in services if service.name == "intake")
    await next(service for service in services if service.name == "routing").prepare()
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(Stage(services[0].bus))
        for service in services:
            await stage.join(service.name, service.database, import_module(f"{service.name}.consumers").HANDLERS)
        readers = await stack.enter_async_context(Readers(1))
        parts = intake.app.state.parts
        judge = Judge(most_in_full=0)  # a glance is enough where the class does not matter
        await judge.ready()
        desk = Desk(intake.database, judge, parts.store, parts.seal, house_of(settings, IntakeSettings()))
        yield Place(name, Town(services, stage, settings), store, Worker(desk, readers))
        await judge.close()
    for service in services:
        await service.close()


@pytest.fixture(scope="module")
async def towns(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sequence[Place]]:
    """Two places, each sending its mail to the other's door."""
    names = ("north", "south")
    doors: dict[str, tuple[Forgetful, Listener]] = {}
    databases = []
    for name in names:
        for service in NAMES:
            await migrate_service(postgres.ensure_database(f"{name}_{service}"), service)
        await migrate_log(postgres.ensure_database(f"{name}_log"))
        databases.append(Database(postgres.ensure_database(f"{name}_intake"), pool_size=2))
        store = Forgetful(databases[-1])
        doors[name] = store, Listener(store, Door(frozenset({f"help@{name}.example"})))
        await doors[name][1].open("127.0.0.1", 0)
    async with AsyncExitStack() as stack:
        places = [
            await stack.enter_async_context(
                place(name, postgres, tmp_path_factory.mktemp(name), doors[other][1].port, doors[name][0])
            )
            for name, other in zip(names, reversed(names), strict=True)
        ]
        yield places
    for _, door in doors.values():
        await door.close()
    for database in databases:
        await database.close()


@pytest.fixture
async def quiet(towns: Sequence[Place]) -> Sequence[Place]:
    """Both with nothing in them."""
    for each in towns:
        for name, service in each.town.services.items():
            await empty(service.database, import_module(f"{name}.tables").Base.metadata, keep=KEPT)
        each.store.seen.clear()
        each.store.forgets = each.store.rewords = False
    return towns


async def until_silent(places: Sequence[Place]) -> list[int]:
    """How many mails each place read in every turn, until none has anything left to say."""
    turns: list[int] = []
    async with asyncio.timeout(90):
        while read := sum([await each.settle() for each in places]):
            turns.append(read)
    return turns


async def begin(north: Place, south: Place, words: str = "Er druppelt water door het plafond.") -> None:
    """One mail to the north, in the name of the south's own address."""
    door = north.store
    raw = letter(words, sender=f"Loket <{south.address}>", to=north.address)
    await door.keep(Arrived("smtp", north.address, south.address, raw))


async def test_two_lokets_say_one_thing_to_each_other_and_no_more(quiet: Sequence[Place]) -> None:
    north, south = quiet
    await begin(north, south)

    await until_silent(quiet)

    assert (len(north.store.seen), len(south.store.seen)) == (1, 1)
    assert await south.ends() == [("settled", "new")]
    assert b"Auto-Submitted: auto-generated" in south.store.seen[0]


async def test_they_fall_silent_within_five_rounds_when_the_way_forgets_what_programs_say(
    quiet: Sequence[Place],
) -> None:
    north, south = quiet
    for each in quiet:
        each.store.forgets = True
    await begin(north, south)

    await until_silent(quiet)

    rounds = max(len(north.store.seen), len(south.store.seen))
    assert 2 <= rounds <= MOST_ROUNDS
    assert ("held", "loop") in [*await north.ends(), *await south.ends()]
    assert {state for place in quiet for state, _ in await place.ends()} == {"settled", "held"}


async def test_they_fall_silent_even_when_no_round_reads_like_another(quiet: Sequence[Place]) -> None:
    north, south = quiet
    for each in quiet:
        each.store.forgets = each.store.rewords = True
    await begin(north, south)

    await until_silent(quiet)

    assert 3 <= max(len(north.store.seen), len(south.store.seen)) <= MOST_ROUNDS
    assert {state for place in quiet for state, _ in await place.ends()} == {"settled"}


async def test_an_agents_answer_does_not_start_them_again(quiet: Sequence[Place]) -> None:
    north, south = quiet
    for each in quiet:
        each.store.forgets = True
    await begin(north, south)
    await until_silent(quiet)
    before = len(north.store.seen) + len(south.store.seen)

    raw = letter("Wij kijken ernaar.", sender=f"Loket <{south.address}>", to=north.address, subject="Re: uw bericht")
    await north.store.keep(Arrived("smtp", north.address, south.address, raw))
    await until_silent(quiet)

    assert len(north.store.seen) + len(south.store.seen) - before <= 2 * MOST_ROUNDS

"""`loket mail try`: what Loket would make of a mail, without keeping it."""

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from common.auth import Seal
from common.clock import now
from common.db import DATABASE_ERRORS, Database, is_transient
from common.settings import BadSetting, Settings, load
from embedded.addresses import settings_here
from embedded.laptop_settings import LaptopSettings
from intake.attachments import AttachmentStore
from intake.judging import Judge
from intake.mailroom.assembly import checkers_of, house_of
from intake.mailroom.readers import Readers
from intake.mailroom.trying import Tried, try_mail
from intake.mailroom.worker import Desk
from intake.settings import IntakeSettings

app = typer.Typer(no_args_is_help=True, help="Mail that comes in: try what would become of it.")


@app.callback()
def mail() -> None:
    """Mail that comes in."""


@app.command("try")
def try_files(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="Mails, each as it came.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a mail.")] = False,
) -> None:
    """Show what Loket would make of mails: customer, text, thread, class and why. Nothing is kept or sent."""
    for tried in asyncio.run(_tried(files)):
        sys.stdout.write(f"{json.dumps(tried.as_dict(), ensure_ascii=False) if as_json else _shown(tried)}\n")


async def _tried(files: Sequence[Path]) -> list[Tried]:
    settings, has_database = _settings()
    own = IntakeSettings()
    url = settings.database_of("intake") if has_database else "postgresql+asyncpg://nowhere"
    seal = Seal(settings.secret_key.get_secret_value())
    store = AttachmentStore.at("memory://", settings.data_dir)
    database, judge = Database(url, pool_size=2), Judge()
    desk = Desk(database, judge, store, seal, house_of(settings, own))
    try:
        await judge.ready()
        async with Readers(1) as readers, checkers_of(own, 1) as checkers:
            return [
                await try_mail(file.read_bytes(), desk, readers, now(), checkers=checkers, has_database=has_database)
                for file in files
            ]
    except DATABASE_ERRORS as error:
        if is_transient(error):
            raise BadSetting("The database of intake does not answer.") from error
        raise
    finally:
        await judge.close()
        await database.close()


def _settings() -> tuple[Settings, bool]:
    """The settings, and whether there are databases to look tickets up in."""
    try:
        return settings_here(), True
    except BadSetting:
        sys.stderr.write("No Loket runs here: tickets are not looked up.\n")
        return load(LaptopSettings), False


def _shown(tried: Tried) -> str:
    lines = {
        "customer": tried.customer or "unknown",
        "subject": tried.subject,
        "becomes": f"{tried.thread} {tried.reference or ''}".strip(),
        "class": tried.rst or "not judged",
        "because": tried.why,
    }
    head = "\n".join(f"{name:>9}  {value}" for name, value in lines.items())
    return f"{head}\n\n{tried.text}\n"

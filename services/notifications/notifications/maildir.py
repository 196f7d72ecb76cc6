"""The channel of the laptop: mails become files in a Maildir, which any mail program can open."""

import asyncio
import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from notifications.channels import Parcel
from notifications.retries import Answer, Verdict


class Maildir:
    """Writes each mail to `tmp` and moves it to `new`, in one thread beside the event loop.

    Not synced to the disk: a killed process loses nothing, and a laptop that loses power may lose a demo mail.
    """

    at_once = 256
    a_domain = 256

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="maildir")
        self._waiting: list[Parcel] = []
        self._writing: asyncio.Task[Sequence[Answer]] | None = None

    async def send(self, mail: Parcel) -> Answer:
        """Accepted when the file is in its place; away when the disk refuses."""
        # What is sent in one turn of the loop goes to the thread together: a hand-over costs more than a file.
        if not self._waiting or self._writing is None:
            self._writing = asyncio.create_task(self._write_waiting())
        self._waiting.append(mail)
        place, writing = len(self._waiting) - 1, self._writing
        return (await asyncio.shield(writing))[place]

    async def _write_waiting(self) -> Sequence[Answer]:
        mails, self._waiting = self._waiting, []
        return await asyncio.get_running_loop().run_in_executor(self._writer, self._write_all, mails)

    def _write_all(self, mails: Sequence[Parcel]) -> Sequence[Answer]:
        return [self._write(mail) for mail in mails]

    def _write(self, mail: Parcel) -> Answer:
        # The name sorts by time and holds no personal data; a second attempt is a second file, as in a mailbox.
        name = f"{time.time_ns()}.{mail.delivery_id}.loket"
        draft = self.folder / "tmp" / name
        content = mail.content.replace(b"\r\n", b"\n")
        try:
            if not draft.parent.is_dir():
                self._make()
            draft.write_bytes(content)
            draft.rename(self.folder / "new" / name)
        except OSError as error:
            return Answer(Verdict.AWAY, f"the mail folder cannot be written: {os.strerror(error.errno or 0)}")
        return Answer(Verdict.ACCEPTED, "written to the mail folder")

    def _make(self) -> None:
        for part in ("new", "cur", "tmp"):
            (self.folder / part).mkdir(parents=True, exist_ok=True, mode=0o700)

    async def close(self) -> None:
        """Let the writer finish."""
        self._writer.shutdown(wait=False)

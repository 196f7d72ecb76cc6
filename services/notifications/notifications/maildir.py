"""The channel of the laptop: mails become files in a Maildir, which any mail program can open."""

import asyncio
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from notifications.channels import Mail
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

    async def send(self, mail: Mail) -> Answer:
        """Accepted when the file is in its place; away when the disk refuses."""
        try:
            await asyncio.get_running_loop().run_in_executor(self._writer, self._write, mail)
        except OSError as error:
            return Answer(Verdict.AWAY, f"the mail folder cannot be written: {os.strerror(error.errno or 0)}")
        return Answer(Verdict.ACCEPTED, "written to the mail folder")

    def _write(self, mail: Mail) -> None:
        # The name sorts by time and holds no personal data; a second attempt is a second file, as in a mailbox.
        name = f"{time.time_ns()}.{mail.delivery_id}.loket"
        draft = self.folder / "tmp" / name
        content = mail.content.replace(b"\r\n", b"\n")
        try:
            draft.write_bytes(content)
        except FileNotFoundError:
            self._make()
            draft.write_bytes(content)
        draft.rename(self.folder / "new" / name)

    def _make(self) -> None:
        for part in ("tmp", "new", "cur"):
            (self.folder / part).mkdir(parents=True, exist_ok=True, mode=0o700)

    async def close(self) -> None:
        """Let the writer finish."""
        self._writer.shutdown(wait=False)

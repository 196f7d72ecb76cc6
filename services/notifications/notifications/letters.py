"""Letters: each one a PDF in a folder from which a print shop, or the printer down the hall, takes them."""

import asyncio
import os
from pathlib import Path

from notifications.channels import Parcel
from notifications.retries import Answer, Verdict


class Letters:
    """Drops each letter under the id of its delivery, so that a second attempt replaces the first.

    Synced to the disk before it is called sent: nobody else keeps a copy.
    """

    at_once = 4
    a_domain = 4

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def send(self, parcel: Parcel) -> Answer:
        """Accepted when the file is in its place; away when the disk refuses."""
        return await asyncio.to_thread(self._write, parcel)

    def _write(self, parcel: Parcel) -> Answer:
        draft = self.folder / f".{parcel.delivery_id}.part"
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with draft.open("wb") as file:
                file.write(parcel.content)
                file.flush()
                os.fsync(file.fileno())
            draft.rename(self.folder / f"{parcel.delivery_id}.pdf")
        except OSError as error:
            return Answer(Verdict.AWAY, f"the letter folder cannot be written: {os.strerror(error.errno or 0)}")
        return Answer(Verdict.ACCEPTED, "put in the letter folder")

    async def close(self) -> None:
        """Nothing is kept open."""

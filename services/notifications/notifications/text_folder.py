"""The texts of the laptop: each one a file in a folder, so that they can be read without a telephone."""

import asyncio
import json
import os
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from notifications.channels import Parcel
from notifications.retries import Answer, Verdict

_NAME = re.compile(r"(\d{1,30})\.[0-9a-f-]{36}\.json")


class TextFolder:
    """Drops each text as a file whose name sorts by time and holds no personal data."""

    at_once = 64
    a_domain = 64

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def send(self, parcel: Parcel) -> Answer:
        """Accepted when the file is in its place; away when the disk refuses."""
        return await asyncio.to_thread(self._write, parcel)

    def _write(self, parcel: Parcel) -> Answer:
        name = f"{time.time_ns()}.{parcel.delivery_id}.json"
        said = {"from": parcel.sender, "to": parcel.recipient, "text": parcel.content.decode()}
        draft = self.folder / f".{name}.part"
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft.write_text(json.dumps(said, ensure_ascii=False), "utf-8")
            draft.rename(self.folder / name)
        except OSError as error:
            return Answer(Verdict.AWAY, f"the text folder cannot be written: {os.strerror(error.errno or 0)}")
        return Answer(Verdict.ACCEPTED, "written to the text folder")

    async def close(self) -> None:
        """Nothing is kept open."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text that left."""

    sender: str
    recipient: str
    words: str
    sent_at: datetime


def newest_texts(folder: Path, most: int) -> list[Text]:
    """The last texts, newest first; none when the folder is not there yet."""
    found = [(path, name) for path in folder.glob("*.json") if (name := _NAME.fullmatch(path.name))]
    found.sort(key=lambda each: int(each[1][1]), reverse=True)
    return [_text(path, int(name[1])) for path, name in found[:most]]


def _text(path: Path, nanoseconds: int) -> Text:
    said = json.loads(path.read_text("utf-8"))
    sent_at = datetime.fromtimestamp(nanoseconds / 1e9, UTC)
    return Text(said["from"], said["to"], said["text"], sent_at)

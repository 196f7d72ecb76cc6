"""Attachments as staff open them: links that work for a while, made after the right to see the ticket was checked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from common.auth import Seal
from routing.tables import Message

LINK_LIFE = timedelta(hours=1)


@dataclass(frozen=True)
class File:
    """One attachment as a link."""

    name: str
    size_bytes: int
    href: str


def files_of(messages: Iterable[Message], seal: Seal, base_url: str, now: datetime) -> Mapping[UUID, list[File]]:
    """The attachments of each message that has any."""
    until = now + LINK_LIFE
    return {
        message.message_id: [
            File(each["name"], each["size_bytes"], seal.file_link(base_url, UUID(each["attachment_id"]), until))
            for each in message.attachments
        ]
        for message in messages
        if message.attachments
    }

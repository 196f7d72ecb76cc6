"""The words that people changed: every version of a template, the newest in use."""

from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from common.vocabulary import Channel, Language
from notifications.tables.base import Base


class TemplateVersion(Base, kw_only=True):
    """One version of one template."""

    __tablename__ = "template_version"

    channel: Mapped[Channel] = mapped_column(primary_key=True)
    language: Mapped[Language] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str | None]
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]


class FrameVersion(Base, kw_only=True):
    """One version of the frame around mails."""

    __tablename__ = "frame_version"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    document: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]

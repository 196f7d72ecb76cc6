"""The words that people changed: every version of a template, the newest in use."""

from datetime import datetime

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

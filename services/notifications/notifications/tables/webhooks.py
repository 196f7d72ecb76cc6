"""Programs that want to hear of facts, and each call to them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from notifications.retries import DeliveryState
from notifications.tables.base import Base


class Subscriber(Base, kw_only=True):
    """A program that is called, and for which facts."""

    __tablename__ = "subscriber"

    subscriber_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    url: Mapped[str]
    secret: Mapped[str]
    types: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None] = mapped_column(default=None)
    stopped_because: Mapped[str | None] = mapped_column(default=None)


class Call(Base, kw_only=True):
    """One fact for one subscriber, kept until it arrived and a while after."""

    __tablename__ = "call"

    call_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    subscriber_id: Mapped[UUID] = mapped_column(ForeignKey("subscriber.subscriber_id"))
    type: Mapped[str]
    body: Mapped[str]
    state: Mapped[DeliveryState]
    planned_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    detail: Mapped[str | None] = mapped_column(default=None)
    recorded_at: Mapped[datetime | None] = mapped_column(default=None)

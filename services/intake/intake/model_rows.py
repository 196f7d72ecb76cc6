"""The rows around what people teach: model versions, what was done with them, who judges now, and shadow judgements."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from intake.tables import Base


class ModelVersion(Base, kw_only=True):
    """A refit with what people corrected, and how it did beside the others when it was made; never changed."""

    __tablename__ = "model_version"

    model_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    base: Mapped[str]  # the shipped model it adjusts
    file: Mapped[bytes] = mapped_column(deferred=True)
    figures: Mapped[dict[str, Any]] = mapped_column(JSONB)  # by stage
    shortfalls: Mapped[list[str]] = mapped_column(JSONB)  # why it may not be promoted; empty when it may
    corrections: Mapped[int]
    agents: Mapped[int]
    made_at: Mapped[datetime]
    made_by: Mapped[str]


class ModelAct(Base, kw_only=True):
    """Something that was done with a model; None stands for the shipped one alone."""

    __tablename__ = "model_act"

    act_id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True, init=False)
    act: Mapped[str]
    model_id: Mapped[UUID | None] = mapped_column(ForeignKey("model_version.model_id"))
    before_id: Mapped[UUID | None] = mapped_column(ForeignKey("model_version.model_id"))
    actor: Mapped[str]
    reason: Mapped[str]
    acted_at: Mapped[datetime]


class Teaching(Base, kw_only=True):
    """Which model judges, which one looks on, and when the next refit is due: one row."""

    __tablename__ = "teaching"

    is_the_one: Mapped[bool] = mapped_column(primary_key=True)
    revision: Mapped[UUID]  # another value after every lesson and every promotion
    live_id: Mapped[UUID | None] = mapped_column(ForeignKey("model_version.model_id"))
    shadow_id: Mapped[UUID | None] = mapped_column(ForeignKey("model_version.model_id"))
    promotes_itself: Mapped[bool]
    refit_due_at: Mapped[datetime | None]


class ShadowJudgement(Base, kw_only=True):
    """What a candidate would have said of a ticket, beside what was said; never used for it."""

    __tablename__ = "shadow_judgement"

    model_id: Mapped[UUID] = mapped_column(ForeignKey("model_version.model_id"), primary_key=True)
    ticket_id: Mapped[UUID] = mapped_column(primary_key=True)
    live_class: Mapped[str]
    shadow_class: Mapped[str]
    probabilities: Mapped[dict[str, float]] = mapped_column(JSONB)
    judged_at: Mapped[datetime]

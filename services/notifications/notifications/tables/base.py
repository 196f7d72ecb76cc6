"""What every row of notifications is made from."""

from datetime import datetime

from sqlalchemy import DateTime, Text
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass

from common.vocabulary import Channel, Language
from notifications.notices import NoticeKind
from notifications.retries import DeliveryState


class Base(MappedAsDataclass, DeclarativeBase):
    """The tables of this service."""

    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own way to say it
        datetime: DateTime(timezone=True),
        Language: Text,
        Channel: Text,
        NoticeKind: Text,
        DeliveryState: Text,
    }

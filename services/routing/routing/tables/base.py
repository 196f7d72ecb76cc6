"""What all rows of routing share."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import DateTime, Enum, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass

Json = dict[str, Any]


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """What all rows of routing share."""

    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own way to say it
        StrEnum: Enum(
            StrEnum, native_enum=False, length=40, values_callable=lambda kind: [each.value for each in kind]
        ),
        datetime: DateTime(timezone=True),
        str: Text,
        Json: JSONB,
        list[Any]: JSONB,
    }

"""Calls between programs that trust one secret, signed as Standard Webhooks says: id, time and body together."""

import hmac
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_bytes

PREFIX = "whsec_"
SECRET_BYTES = 32
TOLERANCE = timedelta(minutes=5)  # a call that is older may be a repetition by somebody who listened


def new_secret() -> str:
    """A secret in the form that both sides store."""
    return PREFIX + b64encode(token_bytes(SECRET_BYTES)).decode()


def signed(secret: str, call_id: str, body: bytes, now: datetime) -> dict[str, str]:
    """The three headers that prove a call. Raises ValueError on a secret that is not one."""
    stamp = int(now.timestamp())
    return {
        "webhook-id": call_id,
        "webhook-timestamp": str(stamp),
        "webhook-signature": f"v1,{_mac(secret, call_id, stamp, body)}",
    }


def is_signed(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Whether the call comes from somebody with the secret, and was signed within five minutes of now."""
    call_id, time, given = (headers.get(f"webhook-{part}", "") for part in ("id", "timestamp", "signature"))
    if not time.isascii() or not time.isdigit() or len(time) > len("99999999999"):
        return False
    if abs(now.timestamp() - int(time)) > TOLERANCE.total_seconds():
        return False
    expected = f"v1,{_mac(secret, call_id, int(time), body)}".encode()
    # More than one signature stands there while a secret is being replaced.
    return any(hmac.compare_digest(expected, each.encode()) for each in given.split(" ")[:10])


def _mac(secret: str, call_id: str, stamp: int, body: bytes) -> str:
    try:
        key = b64decode(secret.removeprefix(PREFIX), validate=True)
    except NotBase64 as error:
        raise ValueError("the secret must be whsec_ and base64") from error
    return b64encode(hmac.digest(key, f"{call_id}.{stamp}.".encode() + body, sha256)).decode()

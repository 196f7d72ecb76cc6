"""Web push: notices on a customer's own device, encrypted for that browser (RFC 8291) and signed by us (RFC 8292)."""

import hmac
import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from http import HTTPStatus
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from common import clock
from notifications.answers import answer_of
from notifications.channels import Parcel
from notifications.outside import OffLimits, Outside, Unreachable
from notifications.retries import Answer, Verdict

CURVE = ec.SECP256R1()
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of the curve's group
TOKEN_LIFE = timedelta(hours=12)
KEEP_SECONDS = 24 * 3600  # a push service keeps the notice so long for a device that is off
RECORD_BYTES = 4096


class BadSubscription(ValueError):
    """The browser's keys are no keys."""


class Vapid:
    """Our name towards push services: a key pair made from the secret key, so there is nothing to set up or lose."""

    def __init__(self, secret: str, contact: str) -> None:
        seed = int.from_bytes(hmac.digest(secret.encode(), b"loket web push", "sha512"))
        self._key = ec.derive_private_key(seed % (ORDER - 1) + 1, CURVE)
        self._contact = contact
        self.public_key = _coded(_point(self._key.public_key()))  # what a browser subscribes with

    def authorization(self, endpoint: str, now: datetime) -> str:
        """The header that tells the push service who we are."""
        parts = urlsplit(endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int((now + TOKEN_LIFE).timestamp()),
            "sub": f"mailto:{self._contact}",
        }
        head = _coded(json.dumps({"typ": "JWT", "alg": "ES256"}).encode())
        signing = f"{head}.{_coded(json.dumps(claims).encode())}"
        r, s = decode_dss_signature(self._key.sign(signing.encode(), ec.ECDSA(SHA256())))
        proof = _coded(r.to_bytes(32) + s.to_bytes(32))
        return f"vapid t={signing}.{proof}, k={self.public_key}"


class Push:
    """Posts each notice, encrypted, to the push service of the customer's browser."""

    at_once = 32
    a_domain = 16

    def __init__(self, vapid: Vapid, outside: Outside, now: Callable[[], datetime] = clock.now) -> None:
        self._vapid = vapid
        self._outside = outside
        self._now = now

    async def send(self, parcel: Parcel) -> Answer:
        """Accepted after a 2xx; gone after 404 or 410: the customer took the permission back."""
        try:
            sealed = encrypted(parcel.content, parcel.keys["p256dh"], parcel.keys["auth"])
        except BadSubscription as error:
            return Answer(Verdict.GONE, str(error))
        headers = {
            "authorization": self._vapid.authorization(parcel.recipient, self._now()),
            "content-encoding": "aes128gcm",
            "content-type": "application/octet-stream",
            "ttl": str(KEEP_SECONDS),
            "urgency": parcel.keys.get("urgency", "normal"),
            "topic": parcel.delivery_id.hex,  # a second attempt replaces the first on a device that is off
        }
        try:
            reply = await self._outside.post(parcel.recipient, sealed, headers)
        except OffLimits as error:
            return Answer(Verdict.GONE, str(error))
        except Unreachable as error:
            return Answer(Verdict.TRY_LATER, str(error))
        gone = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
        return answer_of(reply, gone=gone, refused=(HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE))

    async def close(self) -> None:
        """Nothing is kept here: the way out is shared."""


def encrypted(
    content: bytes,
    p256dh: str,
    auth: str,
    *,
    key: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes = b"",
) -> bytes:
    """The content as only this browser can read it, in one record of aes128gcm. Raises BadSubscription.

    `key` and `salt` are new for every message; the standard's example gives its own.
    """
    key, salt = key or ec.generate_private_key(CURVE), salt or os.urandom(16)
    try:
        theirs = _decoded(p256dh)
        shared = key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, theirs))
        secret = _decoded(auth)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadSubscription("the browser's keys cannot be used") from error
    ours = _point(key.public_key())
    material = _derived(secret, shared, b"WebPush: info\0" + theirs + ours, 32)
    content_key = _derived(salt, material, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(salt, material, b"Content-Encoding: nonce\0", 12)
    head = salt + RECORD_BYTES.to_bytes(4) + bytes([len(ours)]) + ours
    return head + AESGCM(content_key).encrypt(nonce, content + b"\x02", None)


def _derived(salt: bytes, material: bytes, info: bytes, length: int) -> bytes:
    """HKDF with SHA-256, for at most one block."""
    return hmac.digest(hmac.digest(salt, material, sha256), info + b"\x01", sha256)[:length]


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _coded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))

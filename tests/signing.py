"""Mails that are really signed: keys, their records, and a few keys no honest domain would publish."""

from base64 import b64encode
from dataclasses import dataclass
from random import Random

import dkim
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPrivateNumbers,
    RSAPublicNumbers,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

SIGNED = (b"from", b"to", b"subject", b"date", b"message-id", b"content-type")


@dataclass(frozen=True)
class Signer:
    """Signs for a domain under one selector."""

    domain: str
    key: RSAPrivateKey
    selector: str = "s1"

    @property
    def name(self) -> str:
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record(self) -> str:
        return record(self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))

    def sign(self, raw: bytes, over: tuple[bytes, ...] = SIGNED, *, is_cut: bool = False, by: str = "sha256") -> bytes:
        """The mail with a signature on top; cut: it covers the text as long as it is now, and more may follow."""
        pem = self.key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        signature: bytes = dkim.DKIM(raw, signature_algorithm=f"rsa-{by}".encode()).sign(
            self.selector.encode(),
            self.domain.encode(),
            pem,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=list(over),
            length=is_cut,
        )
        return signature + raw


def record(public: bytes) -> str:
    """What the zone says of a key."""
    return f"v=DKIM1; k=rsa; p={b64encode(public).decode()}"


KEY = generate_private_key(65_537, 2_048)  # one for all: making them takes long


def short_key() -> RSAPrivateKey:
    """512 bits, which anybody breaks in an afternoon; libraries do not make them any more."""
    rng = Random(512)
    p, q = _prime(rng), _prime(rng)
    d = pow(65_537, -1, (p - 1) * (q - 1))
    numbers = RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), RSAPublicNumbers(65_537, p * q))
    return numbers.private_key(unsafe_skip_rsa_key_validation=True)


def _prime(rng: Random) -> int:
    while True:
        n = rng.getrandbits(256) | 1 | 3 << 254
        if all(pow(a, n - 1, n) == 1 for a in (2, 3, 5, 7, 11)):
            return n


def huge_key(bits: int) -> bytes:
    """A public key of so many bits with an exponent as long, made to cost whoever checks with it."""
    rng = Random(bits)
    numbers = [_der(0x02, b"\0" + (rng.getrandbits(bits) | 1 | 1 << (bits - 1)).to_bytes(bits // 8)) for _ in range(2)]
    return _der(0x30, b"".join(numbers))


def _der(tag: int, content: bytes) -> bytes:
    length = len(content).to_bytes(3)
    return bytes([tag, 0x83]) + length + content

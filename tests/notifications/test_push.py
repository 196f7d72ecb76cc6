"""The encryption of web push against the example of its standard."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from notifications.push import BadSubscription, Vapid, encrypted
from push_browser import coded, decoded

# RFC 8291, section 5
WORDS = b"When I grow up, I want to be a watermelon"
PRIVATE = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
P256DH = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
SEALED = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
    "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_a_message_is_encrypted_as_in_the_standard() -> None:
    key = ec.derive_private_key(int.from_bytes(decoded(PRIVATE)), ec.SECP256R1())

    sealed = encrypted(WORDS, P256DH, AUTH, key=key, salt=decoded(SALT))

    assert coded(sealed) == SEALED


def test_every_message_has_a_key_of_its_own() -> None:
    assert encrypted(WORDS, P256DH, AUTH) != encrypted(WORDS, P256DH, AUTH)


@pytest.mark.parametrize("p256dh", ["", "AAAA", "é", P256DH[:-4], coded(b"\x04" + b"\x01" * 64)])
def test_keys_that_are_no_keys_are_refused(p256dh: str) -> None:
    with pytest.raises(BadSubscription):
        encrypted(WORDS, p256dh, AUTH)


def test_our_key_is_the_same_after_a_restart_and_another_with_another_secret() -> None:
    assert Vapid("a", "x@y.example").public_key == Vapid("a", "z@y.example").public_key
    assert Vapid("a", "x@y.example").public_key != Vapid("b", "x@y.example").public_key

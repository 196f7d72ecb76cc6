"""Signed calls against the example of Standard Webhooks, and against those who cheat."""

from datetime import UTC, datetime, timedelta

import pytest

from common.signed_calls import is_signed, new_secret, signed

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NOW = datetime.fromtimestamp(1614265330, UTC)
BODY = b'{"test": 2432232314}'
CALL = "msg_p5jXN8AQM9LWM0D4loKWxJek"


def test_a_call_is_signed_as_in_the_standard() -> None:
    headers = signed(SECRET, CALL, BODY, NOW)

    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert is_signed(SECRET, headers, BODY, NOW)


def test_one_good_signature_among_several_is_enough_while_a_secret_is_replaced() -> None:
    headers = signed(SECRET, CALL, BODY, NOW)
    headers["webhook-signature"] = f"v1,AAAA v2,xyz {headers['webhook-signature']}"

    assert is_signed(SECRET, headers, BODY, NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "msg_other"},
        {"webhook-timestamp": "1614265331"},
        {"webhook-timestamp": "²"},
        {"webhook-timestamp": "9" * 400},
        {"webhook-timestamp": ""},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "é"},
        {"webhook-signature": ""},
    ],
)
def test_a_changed_call_is_not_believed(change: dict[str, str]) -> None:
    assert not is_signed(SECRET, signed(SECRET, CALL, BODY, NOW) | change, BODY, NOW)


@pytest.mark.parametrize("late", [timedelta(minutes=6), timedelta(minutes=-6), timedelta(days=400)])
def test_an_old_call_is_not_believed(late: timedelta) -> None:
    assert not is_signed(SECRET, signed(SECRET, CALL, BODY, NOW), BODY, NOW + late)


def test_another_secret_does_not_open_it() -> None:
    assert not is_signed(new_secret(), signed(SECRET, CALL, BODY, NOW), BODY, NOW)


def test_a_secret_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="whsec_"):
        signed("whsec_not base64!", CALL, BODY, NOW)

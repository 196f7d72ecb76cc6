"""Text messages, webhooks and web push keep the channel's contract; and what only they can do wrong."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import parse_qs

import pytest

from channel_contract import Arrived, Breaking, RefusingContract, a_parcel
from common import signed_calls
from http_sink import SECRET_INSIDE, HttpSink
from notifications.channels import Channel, Parcel
from notifications.outside import Outside, networks
from notifications.push import Push, Vapid
from notifications.retries import Verdict
from notifications.sms import Provider, Sms
from notifications.webhooks import Webhooks
from postroom import START
from push_browser import Browser

WORDS = "Er is één regel voor u"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
HERE = networks("127.0.0.0/8")


@pytest.fixture
async def outside() -> AsyncIterator[Outside]:
    outside = Outside(trusted=HERE, total_seconds=2)
    yield outside
    await outside.close()


class OverHttp(RefusingContract):
    """What the three have in common."""

    refusal = 400

    @pytest.fixture
    def turn_down(self, sink: HttpSink) -> Breaking:
        return lambda: setattr(sink, "status", self.refusal)

    @pytest.fixture
    def identity(self, parcel: Parcel) -> str:
        return str(parcel.delivery_id)

    @pytest.fixture
    async def away(self, sink: HttpSink, channel: Channel) -> Channel:
        await sink.close()
        return channel

    @pytest.mark.parametrize("status", [301, 307, 409, 429, 500, 503, 599])
    async def test_trouble_at_the_other_end_passes(
        self, channel: Channel, parcel: Parcel, sink: HttpSink, status: int
    ) -> None:
        sink.status, sink.headers = status, {"location": f"{sink.url}/elsewhere"}

        answer = await channel.send(parcel)

        assert answer.verdict is Verdict.TRY_LATER
        assert answer.detail.startswith(str(status))
        assert SECRET_INSIDE not in answer.detail
        assert [call.path for call in sink.calls] != ["/elsewhere"]
        assert len(sink.calls) == 1

    async def test_a_silent_one_is_given_up_in_time(self, sink: HttpSink, channel: Channel, parcel: Parcel) -> None:
        sink.is_stalling = True

        assert (await channel.send(parcel)).verdict in {Verdict.TRY_LATER, Verdict.AWAY}


class TestSms(OverHttp):
    personal = "612345678"

    @pytest.fixture
    def channel(self, sink: HttpSink, outside: Outside) -> Channel:
        return Sms(Provider(f"{sink.url}/messages", token="t0ken"), outside)

    @pytest.fixture
    def parcel(self) -> Parcel:
        return a_parcel("+31612345678", WORDS.encode())

    @pytest.fixture
    def arrived(self, sink: HttpSink) -> Arrived:
        return lambda: [(body["id"], body["text"]) for body in (json.loads(call.body) for call in sink.calls)]


class TestWebhooks(OverHttp):
    refusal = 410
    personal = "customer.example"

    @pytest.fixture
    def channel(self, outside: Outside) -> Channel:
        return Webhooks(outside, lambda: START)

    @pytest.fixture
    def parcel(self, sink: HttpSink) -> Parcel:
        return a_parcel(f"{sink.url}/hook", WORDS.encode(), secret=SECRET)

    @pytest.fixture
    def arrived(self, sink: HttpSink) -> Arrived:
        return lambda: [(call.headers["webhook-id"], call.body.decode()) for call in sink.calls]


class TestPush(OverHttp):
    refusal = 410

    @pytest.fixture
    def browser(self) -> Browser:
        return Browser()

    @pytest.fixture
    def channel(self, outside: Outside) -> Channel:
        return Push(Vapid("a secret", "help@loket.example"), outside, lambda: START)

    @pytest.fixture
    def parcel(self, sink: HttpSink, browser: Browser) -> Parcel:
        return a_parcel(f"{sink.url}/device/1", WORDS.encode(), **browser.keys)

    @pytest.fixture
    def identity(self, parcel: Parcel) -> str:
        return parcel.delivery_id.hex

    @pytest.fixture
    def arrived(self, sink: HttpSink, browser: Browser) -> Arrived:
        return lambda: [(call.headers["topic"], browser.opened(call.body).decode()) for call in sink.calls]

    async def test_a_browser_with_broken_keys_is_gone(self, channel: Channel, sink: HttpSink) -> None:
        parcel = a_parcel(f"{sink.url}/device/1", b"{}", p256dh="AAAA", auth="AAAA")

        assert (await channel.send(parcel)).verdict is Verdict.GONE

    async def test_the_push_service_is_told_who_we_are(
        self, channel: Channel, parcel: Parcel, sink: HttpSink, browser: Browser
    ) -> None:
        await channel.send(parcel)

        claims = browser.claims(sink.calls[0].headers["authorization"])
        assert claims["aud"] == sink.url
        assert claims["sub"] == "mailto:help@loket.example"
        assert claims["exp"] <= (START + timedelta(hours=24)).timestamp()


async def test_the_fields_of_a_text_are_named_as_the_provider_wants(sink: HttpSink, outside: Outside) -> None:
    names = {"to": "recipient", "text": "body", "from": "originator"}
    channel = Sms(Provider(sink.url, form="form", fields=names), outside)

    await channel.send(a_parcel("+31612345678", WORDS.encode()))

    sent = parse_qs(sink.calls[0].body.decode())
    assert sent["recipient"] == ["+31612345678"]
    assert sent["body"] == [WORDS]
    assert sent["originator"] == ["help@loket.example"]


@pytest.mark.parametrize("status", [401, 403])
async def test_a_wrong_token_is_no_text_s_fault(sink: HttpSink, outside: Outside, status: int) -> None:
    sink.status = status

    answer = await Sms(Provider(sink.url), outside).send(a_parcel("+31612345678", b"x"))

    assert answer.verdict is Verdict.AWAY


async def test_a_webhook_is_signed_so_that_its_receiver_can_check_it(sink: HttpSink, outside: Outside) -> None:
    await Webhooks(outside, lambda: START).send(a_parcel(sink.url, b'{"a": 1}', secret=SECRET))

    [call] = sink.calls
    assert signed_calls.is_signed(SECRET, call.headers, call.body, START)
    assert not signed_calls.is_signed(SECRET, call.headers, call.body + b" ", START)


async def test_a_webhook_into_our_own_network_is_never_called(sink: HttpSink) -> None:
    outside = Outside()

    answer = await Webhooks(outside).send(a_parcel(sink.url, b"{}", secret=SECRET))

    assert answer.verdict is Verdict.REFUSED
    assert not sink.calls
    await outside.close()

"""What every channel keeps, subclassed once per channel."""

from collections.abc import Callable
from uuid import uuid4

from notifications.channels import Channel, Parcel
from notifications.retries import FINAL, Verdict

Arrived = Callable[[], list[tuple[str, str]]]  # what came out at the other end: identity and words
Breaking = Callable[[], object]  # lets the other end turn everything down for good


class ChannelContract:
    """A subclass gives the fixtures channel, parcel, identity, arrived and away."""

    personal = "anna"  # a part of the recipient that may stand in no answer

    async def test_what_is_sent_arrives_with_its_words(
        self, channel: Channel, parcel: Parcel, identity: str, arrived: Arrived
    ) -> None:
        answer = await channel.send(parcel)

        assert answer.verdict is Verdict.ACCEPTED
        [(name, words)] = arrived()
        assert name == identity
        assert "één regel" in words

    async def test_a_second_attempt_carries_the_same_identity(
        self, channel: Channel, parcel: Parcel, identity: str, arrived: Arrived
    ) -> None:
        await channel.send(parcel)
        await channel.send(parcel)

        assert {name for name, _ in arrived()} == {identity}

    async def test_a_channel_that_cannot_be_reached_says_so_and_raises_nothing(
        self, away: Channel, parcel: Parcel
    ) -> None:
        answer = await away.send(parcel)

        assert answer.verdict in {Verdict.AWAY, Verdict.TRY_LATER}
        assert self.personal not in answer.detail.lower()

    def test_a_channel_says_how_much_it_can_carry(self, channel: Channel) -> None:
        assert 0 < channel.a_domain <= channel.at_once

    async def test_it_can_be_closed_twice(self, channel: Channel) -> None:
        await channel.close()
        await channel.close()


class RefusingContract(ChannelContract):
    """For a channel whose other end can say no: the fixture turn_down lets it."""

    async def test_what_is_turned_down_for_good_is_final_and_quotes_nobody(
        self, channel: Channel, parcel: Parcel, turn_down: Breaking
    ) -> None:
        turn_down()

        answer = await channel.send(parcel)

        assert answer.verdict in FINAL
        assert self.personal not in answer.detail.lower()


def a_parcel(recipient: str, content: bytes, **keys: str) -> Parcel:
    return Parcel(uuid4(), "help@loket.example", recipient, content, keys)

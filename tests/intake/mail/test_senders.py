"""Our own check of senders: really signed mails, a real name server, keys and zones made to do harm."""

from collections.abc import AsyncIterator
from itertools import count
from random import Random

import pytest

from intake.mail.inbound import InboundMail
from intake.mail.reading import read
from intake.mail.results import Trust
from intake.mailroom.checkers import Checkers
from intake.senders.alignment import Policy, is_aligned, policy_of
from intake.senders.names import KEPT_SECONDS, SILENCES, NoWord, names_of
from intake.senders.verdicts import Brought, Verdict, split_server
from letterbox import letter
from name_server import NameServer
from signing import KEY, Signer, huge_key, record, short_key

NUMBERS = count()
CLIENT = "203.0.114.7"


@pytest.fixture(scope="module")
async def zone() -> AsyncIterator[NameServer]:
    async with NameServer() as server:
        yield server


@pytest.fixture(scope="module")
async def checkers(zone: NameServer) -> AsyncIterator[Checkers]:
    async with Checkers(zone.address, 1) as checkers:
        yield checkers


@pytest.fixture
def domain(zone: NameServer) -> str:
    """A domain nobody asked about yet, with a policy."""
    name = f"klant{next(NUMBERS)}.example"
    zone.text(f"_dmarc.{name}", "v=DMARC1; p=reject")
    return name


def mail_of(domain: str, *headers: str, body: str = "Het lekt.") -> bytes:
    return letter(body, *headers, sender=f"Anna <anna@{domain}>")


def said(raw: bytes) -> InboundMail:
    return read(raw)[0]


async def checked(checkers: Checkers, raw: bytes, brought: Brought = Brought()) -> Verdict:  # noqa: B008 - frozen
    return await checkers.check(raw, said(raw), brought)


def publish(zone: NameServer, signer: Signer) -> Signer:
    zone.text(signer.name, signer.record)
    return signer


async def test_a_signature_of_the_domain_in_from_proves_the_sender(
    checkers: Checkers, zone: NameServer, domain: str
) -> None:
    signer = publish(zone, Signer(domain, KEY))

    assert await checked(checkers, signer.sign(mail_of(domain))) == Verdict(Trust.VERIFIED, f"dkim={domain}")


@pytest.mark.parametrize(
    ("policy", "trust"),
    [("", Trust.VERIFIED), ("; adkim=r", Trust.VERIFIED), ("; adkim=s", Trust.FAILED)],
)
async def test_a_neighbour_of_one_owner_may_sign_unless_the_domain_is_strict(
    checkers: Checkers, zone: NameServer, domain: str, policy: str, trust: Trust
) -> None:
    zone.text(f"_dmarc.{domain}", f"v=DMARC1; p=none{policy}")
    signer = publish(zone, Signer(f"mail.{domain}", KEY))

    found = await checked(checkers, signer.sign(mail_of(domain)), Brought(CLIENT, "x", "x@elsewhere.example"))

    assert found.trust is trust


async def test_the_owner_of_a_domain_speaks_for_names_below_it(
    checkers: Checkers, zone: NameServer, domain: str
) -> None:
    signer = publish(zone, Signer(domain, KEY))

    assert (await checked(checkers, signer.sign(mail_of(f"a.b.{domain}")))).trust is Trust.VERIFIED


async def test_somebody_elses_signature_proves_nothing(checkers: Checkers, zone: NameServer, domain: str) -> None:
    eve = publish(zone, Signer("evil.example", KEY))

    found = await checked(checkers, eve.sign(mail_of(domain)), Brought(CLIENT, "evil.example", "eve@evil.example"))

    assert found == Verdict(Trust.FAILED, "no proof")


async def test_neighbours_under_one_public_suffix_are_strangers(checkers: Checkers, zone: NameServer) -> None:
    zone.text("_dmarc.anna.github.io", "v=DMARC1; p=reject")
    eve = publish(zone, Signer("eve.github.io", KEY))

    found = await checked(checkers, eve.sign(mail_of("anna.github.io")), Brought(CLIENT, "", "eve@eve.github.io"))

    assert found.trust is Trust.FAILED


TAMPERED = {
    "other words": lambda raw: raw.replace(b"Het lekt.", b"Betaal nu."),
    "another subject": lambda raw: raw.replace(b"Subject: Lekkage", b"Subject: Betalen"),
    "a second subject": lambda raw: b"Subject: Betalen\r\n" + raw,
    "a second recipient": lambda raw: b"To: ceo@example.org\r\n" + raw,
    "a second type": lambda raw: b"Content-Type: text/html\r\n" + raw,
    "no signature left": lambda raw: raw.replace(b" b=", b" b=A"),
    "half a signature": lambda raw: raw.replace(b"DKIM-Signature: v=1;", b"DKIM-Signature:"),
}


@pytest.mark.parametrize("how", TAMPERED)
async def test_a_mail_that_was_changed_fails(checkers: Checkers, zone: NameServer, domain: str, how: str) -> None:
    raw = publish(zone, Signer(domain, KEY)).sign(mail_of(domain))

    changed = TAMPERED[how](raw)

    assert changed != raw
    assert (await checked(checkers, changed, Brought(CLIENT))).trust is Trust.FAILED


async def test_two_senders_fail_whatever_is_signed(checkers: Checkers, zone: NameServer, domain: str) -> None:
    raw = publish(zone, Signer(domain, KEY)).sign(mail_of(domain))

    assert (await checked(checkers, b"From: ceo@bank.example\r\n" + raw)).trust is Trust.FAILED


async def test_a_signature_over_a_part_of_the_text_proves_nothing(
    checkers: Checkers, zone: NameServer, domain: str
) -> None:
    raw = publish(zone, Signer(domain, KEY)).sign(mail_of(domain), is_cut=True)

    assert (await checked(checkers, raw + b"Betaal nu.\r\n")).trust is Trust.FAILED


async def test_an_old_way_of_signing_proves_nothing(checkers: Checkers, zone: NameServer, domain: str) -> None:
    raw = publish(zone, Signer(domain, KEY)).sign(mail_of(domain), by="sha1")

    assert (await checked(checkers, raw)).trust is Trust.FAILED


async def test_a_subject_that_is_not_signed_proves_nothing(checkers: Checkers, zone: NameServer, domain: str) -> None:
    raw = publish(zone, Signer(domain, KEY)).sign(mail_of(domain), (b"from", b"to"))

    assert (await checked(checkers, raw)).trust is Trust.FAILED


async def test_a_key_of_512_bits_proves_nothing(checkers: Checkers, zone: NameServer, domain: str) -> None:
    signer = publish(zone, Signer(domain, short_key()))

    assert (await checked(checkers, signer.sign(mail_of(domain)))).trust is Trust.FAILED


HOSTILE = {
    "a key of 4,096 bits with an exponent as long": record(huge_key(4_096)),
    "a key of 65,536 bits": record(huge_key(65_536)),
    "no key": "v=DKIM1; p=",
    "a key that is none": "v=DKIM1; p=AAAA",
    "a modulus of zero": record(bytes.fromhex("3006020100020103")),
    "another kind of key": "v=DKIM1; k=x; p=AAAA",
    "a short key of another kind": "v=DKIM1; k=ed25519; p=AAAA",
    "a later version": "v=DKIM2; p=AAAA",
    "noise": "".join(Random(1).choices("=;: abp\t\\", k=900)),
}


@pytest.mark.parametrize("how", HOSTILE)
async def test_a_hostile_key_proves_nothing_and_the_next_mail_is_checked(
    checkers: Checkers, zone: NameServer, domain: str, how: str
) -> None:
    evil, good = Signer(domain, KEY, "evil"), publish(zone, Signer(domain, KEY, "good"))
    zone.text(evil.name, HOSTILE[how])

    found = await checked(checkers, evil.sign(mail_of(domain)), Brought(CLIENT))

    assert found.trust is not Trust.VERIFIED
    assert (await checked(checkers, good.sign(mail_of(domain)))).trust is Trust.VERIFIED


async def test_a_good_signature_below_a_hundred_bad_ones_is_not_looked_for(
    checkers: Checkers, zone: NameServer, domain: str
) -> None:
    raw = publish(zone, Signer(domain, KEY)).sign(mail_of(domain))
    bad = raw[: raw.index(b"From:")].replace(b" bh=", b" bh=A")

    before = len(zone.asked)
    found = await checked(checkers, bad * 100 + raw)

    assert found.trust is Trust.FAILED
    assert len(zone.asked) - before <= 3


SPF = [
    ("v=spf1 ip4:203.0.114.0/24 -all", Trust.VERIFIED),
    ("v=spf1 include:_spf.{domain} -all", Trust.VERIFIED),
    ("v=spf1 a:mx.{domain} -all", Trust.VERIFIED),
    ("v=spf1 mx -all", Trust.VERIFIED),
    ("v=spf1 exists:%{{ir}}.{domain} -all", Trust.VERIFIED),
    ("v=spf1 redirect=_spf.{domain}", Trust.VERIFIED),
    ("v=spf1 ip4:198.51.100.0/24 -all", Trust.FAILED),
    ("v=spf1 ~all", Trust.FAILED),
    ("v=spf1 ?all", Trust.FAILED),
    ("v=spf1 include:{domain} -all", Trust.FAILED),
    ("v=spf1 " + " ".join(f"a:n{n}.{{domain}}" for n in range(40)) + " ip4:203.0.114.0/24 -all", Trust.FAILED),
    ("v=spf2 ip4:203.0.114.0/24", Trust.FAILED),
    ("v=spf1 ip4:x ((((", Trust.FAILED),
]


@pytest.mark.parametrize(("rule", "trust"), SPF)
async def test_a_computer_that_may_send_for_the_domain_proves_the_sender(
    checkers: Checkers, zone: NameServer, domain: str, rule: str, trust: Trust
) -> None:
    zone.text(domain, rule.format(domain=domain))
    zone.text(f"_spf.{domain}", "v=spf1 ip4:203.0.114.7 -all")
    zone.records[domain, "MX"] = [f"10 mx.{domain}."]
    zone.records[f"mx.{domain}", "A"] = [CLIENT]
    zone.records[f"7.114.0.203.{domain}", "A"] = ["127.0.0.2"]

    found = await checked(checkers, mail_of(domain), Brought(CLIENT, "mx", f"bounce@{domain}"))

    assert found.trust is trust


async def test_an_empty_sender_is_checked_by_its_greeting(checkers: Checkers, zone: NameServer, domain: str) -> None:
    zone.text(f"mx.{domain}", "v=spf1 ip4:203.0.114.7 -all")

    found = await checked(checkers, mail_of(domain), Brought(CLIENT, f"mx.{domain}", ""))

    assert found.trust is Trust.VERIFIED


async def test_a_good_envelope_of_somebody_else_proves_nothing(
    checkers: Checkers, zone: NameServer, domain: str
) -> None:
    zone.text("evil.example", "v=spf1 ip4:203.0.114.7 -all")

    found = await checked(checkers, mail_of(domain), Brought(CLIENT, "evil.example", "eve@evil.example"))

    assert found == Verdict(Trust.FAILED, "no proof")


async def test_a_missing_signature_alone_is_no_lie_where_nobody_knows_who_brought_it(
    checkers: Checkers, domain: str
) -> None:
    assert await checked(checkers, mail_of(domain)) == Verdict(Trust.UNKNOWN, "not signed")


@pytest.mark.parametrize("name", ["nowhere.example", "example", "co.uk", "xn--a.example", "a..example"])
async def test_a_domain_that_asks_for_nothing_is_unverified(checkers: Checkers, name: str) -> None:
    found = await checked(checkers, mail_of(name), Brought(CLIENT, "x", f"x@{name}"))

    assert found.trust is Trust.UNKNOWN


async def test_a_name_server_that_is_broken_for_one_name_makes_its_sender_unverified(
    checkers: Checkers, zone: NameServer, domain: str
) -> None:
    signer = Signer(domain, KEY)
    zone.broken.add(signer.name)

    assert await checked(checkers, signer.sign(mail_of(domain)), Brought(CLIENT)) == Verdict(Trust.UNKNOWN, "no answer")


async def test_answers_are_remembered_for_a_while(checkers: Checkers, zone: NameServer, domain: str) -> None:
    raw = publish(zone, Signer(domain, KEY)).sign(mail_of(domain))
    await checked(checkers, raw)
    before = len(zone.asked)

    await checked(checkers, raw)

    assert len(zone.asked) == before


async def test_nobody_waits_long_for_a_name_server_that_keeps_silent(domain: str) -> None:
    async with NameServer(is_silent=True) as silent, Checkers(silent.address, 1) as checkers:
        found = [await checked(checkers, mail_of(name)) for name in (domain, domain, domain)]

        assert found == [Verdict(Trust.UNKNOWN, "no answer")] * 3
        assert len({name for name, _ in silent.asked}) == 1


async def test_a_child_that_dies_leaves_its_sender_unverified(domain: str) -> None:
    async with Checkers("this is no name server", 1) as checkers:  # it ends at once
        assert await checked(checkers, mail_of(domain)) == Verdict(Trust.UNKNOWN, "no answer")


def test_a_silent_server_is_left_alone_for_a_while_and_asked_again() -> None:
    now = [0.0]
    names = names_of("127.0.0.1:1")  # nobody listens there
    names.clock = lambda: now[0]
    names.resolver.timeout = 0.01
    asked: list[str] = []
    for number in range(SILENCES + 5):
        names.begin()
        with pytest.raises(NoWord):
            names.ask(f"a{number}.example", "TXT")
        asked.append(f"a{number}.example")

    assert names._silences == 0  # noqa: SLF001 - it stopped asking
    now[0] += KEPT_SECONDS
    names.begin()
    with pytest.raises(NoWord):
        names.ask("again.example", "TXT")
    assert names._silences == 1  # noqa: SLF001 - and asks again


@pytest.mark.parametrize(
    ("records", "policy"),
    [
        (["v=DMARC1; p=none"], Policy()),
        (["v=DMARC1; p=reject; adkim=s; aspf=s"], Policy(is_strict_dkim=True, is_strict_spf=True)),
        (["V = DMARC1; p=none"], Policy()),
        (["v=DMARC1;p=none", "other text"], Policy()),
        (["v=DMARC1; p=none", "v=DMARC1; p=reject"], None),
        (["p=reject; v=DMARC1"], None),
        (["v=DMARC2; p=none"], None),
        (["\0" * 99, ""], None),
        ([], None),
    ],
)
def test_a_policy_is_read(records: list[str], policy: Policy | None) -> None:
    assert policy_of(records) == policy


def test_a_public_suffix_speaks_for_nobody() -> None:
    owners = {"a.example.nl": "example.nl", "example.nl": "example.nl", "nl": None}.get

    assert is_aligned("A.example.nl.", "example.nl", owners, is_strict=False)
    assert not is_aligned("a.example.nl", "example.nl", owners, is_strict=True)
    assert not is_aligned("nl", "example.nl", owners, is_strict=False)


@pytest.mark.parametrize(
    ("server", "found"),
    [("192.0.2.1", ("192.0.2.1", 53)), ("192.0.2.1:5353", ("192.0.2.1", 5353)), ("2001:db8::1", ("2001:db8::1", 53)),
     ("[2001:db8::1]:5353", ("2001:db8::1", 5353))],
)  # fmt: skip
def test_a_name_server_is_an_address_and_a_port(server: str, found: tuple[str, int]) -> None:
    assert split_server(server) == found
    with pytest.raises(ValueError, match="does not appear"):
        split_server("ns.example.org")

"""Mails that came back, as servers of all kinds write them: which of ours, why, and whether for good."""

from email import message_from_string
from email.policy import default
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.mail.bounces import bounced
from intake.mail.inbound import Bounced

OURS = UUID("0192f0c4-7d1e-7cc3-98d2-5a1b3c4d5e6f")


def report(fields: str, *, text: str = "Your message could not be delivered.", original: str = "") -> str:
    """A delivery report (RFC 3464) on a mail of ours."""
    original = original or f"Message-ID: <{OURS}@loket.example>\nSubject: Uw vraag\nTo: anna@example.org"
    return (
        "From: MAILER-DAEMON@mx.example.org\nTo: help@loket.example\nSubject: Undelivered Mail\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        f"--b\nContent-Type: text/plain\n\n{text}\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n\n"
        f"Final-Recipient: rfc822; anna@example.org\n{fields}\n"
        f"--b\nContent-Type: text/rfc822-headers\n\n{original}\n\n--b--\n"
    )


def plain(text: str, *headers: str) -> str:
    """A report by a server that never read the standard."""
    return "\n".join(["From: postmaster@mx.example.org", "Subject: failure notice", *headers, "", text, ""])


def read(raw: str) -> Bounced:
    return bounced(message_from_string(raw, policy=default))


@pytest.mark.parametrize(
    ("fields", "is_permanent", "status"),
    [
        ("Action: failed\nStatus: 5.1.1", True, "5.1.1"),
        ("ACTION:   Failed\nSTATUS: 5.7.26 (rejected)", True, "5.7.26"),
        ("Action: failed", True, None),
        ("Action: failed\nStatus: 4.4.7", False, "4.4.7"),
        ("Action: delayed\nStatus: 4.4.1", False, "4.4.1"),
        ("Action: delayed\nStatus: 5.0.0", False, "5.0.0"),
        ("Action: relayed", False, None),
        ("Status: 5.2.2", True, "5.2.2"),
        ("Status: 4.2.2", False, "4.2.2"),
        ("Action: failed\nStatus: 2.0.0", True, "2.0.0"),
    ],
)
def test_a_report_says_for_good_or_only_late(fields: str, status: str | None, *, is_permanent: bool) -> None:
    assert read(report(fields)) == Bounced(delivery_id=OURS, is_permanent=is_permanent, status=status)


@pytest.mark.parametrize(
    ("text", "is_permanent", "status"),
    [
        ("550 5.1.1 <anna@example.org>: no such user", True, "5.1.1"),
        ("552 mailbox full", True, "5.0.0"),
        ("451 try again later", False, "4.0.0"),
        ("The address anna@example.org does not exist.", True, None),
        ("This is a warning only; your mail is delayed.", False, None),
        ("Uw bericht is vertraagd, we proberen het nog vier dagen.", False, None),
        ("Ihre Nachricht wird verzögert zugestellt.", False, None),
        ("Votre message a pris du retard.", False, None),
        ("The server will keep trying for 4 more days.", False, None),
    ],
)
def test_words_say_it_where_no_report_does(text: str, status: str | None, *, is_permanent: bool) -> None:
    told = read(plain(f"{text}\n\n--- original ---\nMessage-ID: <{OURS}@loket.example>"))

    assert told == Bounced(delivery_id=OURS, is_permanent=is_permanent, status=status)


@pytest.mark.parametrize(
    "where",
    [
        f"Message-ID: <{OURS}@loket.example>",
        f"> Message-Id: <{OURS}@loket.example>",
        f"In-Reply-To: <{OURS}@loket.example>",
        f"References: <other@elsewhere.example> <{OURS}@loket.example>",
        f"X-Original-Message-ID: <{str(OURS).upper()}@loket.example>",
        f"your mail <{OURS}@loket.example> of yesterday",
    ],
)
def test_our_mail_is_found_by_its_id_wherever_it_is_named(where: str) -> None:
    assert read(plain(f"No such user.\n\n{where}")).delivery_id == OURS


@pytest.mark.parametrize("header", ["In-Reply-To", "References"])
def test_our_mail_is_found_in_the_headers_of_the_report(header: str) -> None:
    assert read(plain("No such user.", f"{header}: <{OURS}@loket.example>")).delivery_id == OURS


@pytest.mark.parametrize(
    "original",
    ["Message-ID: <20270301.abc@elsewhere.example>", "Message-ID: <not-a-uuid@loket.example>", "Subject: Uw vraag"],
)
def test_a_mail_that_is_not_ours_is_nobodys(original: str) -> None:
    assert read(report("Action: failed\nStatus: 5.1.1", original=original)).delivery_id is None


def test_the_mail_inside_a_report_says_which_one_came_back() -> None:
    raw = report("Action: failed\nStatus: 5.1.1", original=f"Message-ID: <{OURS}@loket.example>\n\nDag Anna,")
    raw = raw.replace("text/rfc822-headers", "message/rfc822")

    assert read(raw).delivery_id == OURS


@given(st.text(max_size=2000), st.text(alphabet="abcdefghijklmnopqrstuvwxyz-/; =", max_size=60))
def test_whatever_comes_back_is_read_without_an_error(text: str, kind: str) -> None:
    told = read(plain(text.replace("\r", " "), f"Content-Type: {kind}"))

    assert told.status is None or told.status[0] in "245"

"""Sixty kinds of automatic reply, as the programs that send them write them: headers, subject and envelope sender."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One kind: what gives it away."""

    name: str
    headers: tuple[str, ...] = ()
    subject: str = "Re: Uw bericht aan Loket (L-7K3M9-QX2C5)"
    envelope_sender: str = "anna@example.org"
    sender: str = "Anna Jansen <anna@example.org>"
    body: str = "Ik ben er niet tot 1 december."


_ANSWER = "In-Reply-To: <0193aaaa-0000-7000-8000-000000000001@loket.example>"
_HEADERS = {
    "RFC 3834": "Auto-Submitted: auto-replied",
    "RFC 3834 with a comment": "Auto-Submitted: auto-replied (vacation)",
    "RFC 3834 in capitals": "AUTO-SUBMITTED: Auto-Replied",
    "RFC 5436": "Auto-Submitted: auto-notified; owner-email=x@example.org",
    "cPanel": "X-Autorespond: Uw bericht",
    "Plesk": "X-Autoreply: yes",
    "Precedence": "Precedence: auto_reply",
    "X-Precedence": "X-Precedence: auto_reply",
    "DirectAdmin": "X-Autoreply: true",
    "vacation(1)": "X-Vacation: yes",
    "Zimbra": "X-Auto-Response: out of office",
    "an autoresponder": "X-Autoresponder: on",
    "Amazon": "X-Amazon-Auto-Reply: true",
    "FuseMail": "X-Mail-Autoreply: yes",
    "Ezmlm": "X-Ez-Autoresponse: 1",
    "Exchange's rules": "X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent",
    "an older server": "Precedence: auto-reply",
}
_SUBJECTS = {
    "Outlook, nl": "Automatisch antwoord: Uw bericht aan Loket",
    "Outlook, en": "Automatic reply: Your message to Loket",
    "Outlook, fr": "Réponse automatique : Votre message à Loket",
    "Outlook, de": "Automatische Antwort: Ihre Nachricht an Loket",
    "an old Outlook, en": "Out of Office: Your message",
    "an old Outlook, nl": "Niet aanwezig: Uw bericht",
    "an old Outlook, de": "Abwesenheitsnotiz: Ihre Nachricht",
    "an old Outlook, fr": "Absence du bureau : Votre message",
    "Gmail, en": "Out of office Re: Your message",
    "Lotus Notes, en": "Anna Jansen is out of the office",
    "GroupWise": "Auto: Automatic reply",
    "hand-made, nl": "Afwezigheidsbericht",
    "hand-made 2, nl": "Afwezig tot 1 december",
    "hand-made 3, nl": "Vakantiebericht",
    "hand-made 4, nl": "Buiten kantoor",
    "hand-made, en": "On vacation until Monday",
    "hand-made 2, en": "I am out of the office",
    "hand-made 3, en": "Autoreply",
    "hand-made 4, en": "OOO: back on Monday",
    "hand-made 5, en": "Auto-Reply: Re: Your message",
    "hand-made 6, en": "Auto Response",
    "hand-made, de": "Ich bin bis Montag nicht im Büro",
    "hand-made 2, de": "Abwesend bis Montag",
    "hand-made 3, de": "Im Urlaub",
    "hand-made 4, de": "Automatische Abwesenheitsnachricht",
    "hand-made, fr": "Je suis absente jusqu'à lundi",
    "hand-made 2, fr": "En congé jusqu'à lundi",
    "hand-made 3, fr": "Message d'absence",
    "a receipt, nl": "Gelezen: Uw bericht aan Loket",
    "a receipt, en": "Read: Your message to Loket",
    "a receipt, fr": "Lu : Votre message à Loket",
    "a receipt, de": "Gelesen: Ihre Nachricht an Loket",
    "a receipt, undone": "Not read: Your message to Loket",
    "a calendar, nl": "Geaccepteerd: Afspraak monteur",
    "a calendar, en": "Accepted: Appointment",
    "a calendar, de": "Zugesagt: Termin",
    "a calendar, fr": "Refusé : Rendez-vous",
}


def kinds() -> Iterator[Kind]:
    """All of them."""
    for name, header in _HEADERS.items():
        yield Kind(name, (header, _ANSWER))
    for name, subject in _SUBJECTS.items():
        yield Kind(name, (_ANSWER,), subject)
    yield Kind("an empty sender", (), envelope_sender="")
    yield Kind("the machine itself", (), sender="MAILER-DAEMON@example.org")
    yield Kind("a postmaster", (), sender="Postmaster <postmaster@example.org>")
    yield Kind("a disposition", ("Content-Type: multipart/report; report-type=disposition-notification; boundary=b",))
    yield Kind("a calendar's own answer", ('Content-Type: text/calendar; method=REPLY; charset="utf-8"',))
    yield Kind("a counter proposal", ('Content-Type: text/calendar; method="COUNTER"; charset="utf-8"',))

"""Hostile and odd mails in one table: what each kind is, how many variants it has, how it may end; all from one seed."""

# ruff: noqa: E501 - mails have long lines

import zlib
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from random import Random
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from letterbox import ANNA, LEAK, letter

SEED = 20261125
TAKEN = frozenset({"new", "linked", "joined"})
HELD = frozenset({"held"})
ASIDE = frozenset({"quarantined"})
ANY = TAKEN | HELD | ASIDE
Make = Callable[[Random, int], bytes]


@dataclass(frozen=True)
class Odd:
    """One mail, and how it may end."""

    name: str
    raw: bytes
    ends: frozenset[str]
    envelope_sender: str = ANNA


def _b64(content: bytes) -> str:
    text = b64encode(content).decode()
    return "\r\n".join(text[at : at + 76] for at in range(0, len(text), 76))


def multipart(*parts: str, kind: str = "mixed", boundary: str = "b", headers: tuple[str, ...] = ()) -> bytes:
    body = "\r\n".join(f"--{boundary}\r\n{part}" for part in parts)
    return letter(f"{body}\r\n--{boundary}--", *headers, f'Content-Type: multipart/{kind}; boundary="{boundary}"')


def attached(content: bytes, name: str, kind: str = "application/octet-stream") -> str:
    return f'Content-Type: {kind}\r\nContent-Disposition: attachment; filename="{name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n{_b64(content)}'


PLAIN = f"Content-Type: text/plain; charset=utf-8\r\n\r\n{LEAK}"
NAMES = [
    "../../../etc/passwd",
    "..\\..\\boot.ini",
    "C:\\x.exe",
    "con",
    "a\0b.txt",
    "\u202egpj.exe",
    "x" * 500 + ".pdf",
    " ",
    ".",
    "/",
    "a;b.html",
    "naïve.pdf",
]
CHARSETS = [
    "utf-8",
    "utf-7",
    "utf-16",
    "utf-32",
    "iso-2022-jp",
    "iso-2022-kr",
    "hz-gb-2312",
    "gb18030",
    "big5",
    "euc-jp",
    "koi8-r",
    "windows-1251",
    "cp037",
    "x-unknown",
    "zlib",
    "rot13",
    '"',
    "utf-8\0",
    "punycode",
    "idna",
    "unicode_escape",
    "base64",
]
DATES = [
    "Thu, 1 Jan 1970 00:00:00 +0000",
    "Wed, 25 Nov 2099 10:00:00 +0000",
    "Fri, 31 Feb 2026 25:61:61 +9999",
    "",
    "0",
    "\U0001f4a9",
    "Wed, 25 Nov 99999 10:00 -0000",
    "1" * 400,
]
FROMS = [
    "",
    "<>",
    "@",
    "a@",
    "@b",
    "a@b@c",
    "Undisclosed recipients:;",
    "G: a@example.org, b@example.org;",
    '"' * 99,
    "(" * 999,
    "=?utf-8?b?" + "/" * 60 + "?=",
    "<" * 500 + "a@example.org",
    "a@[127.0.0.1]",
    '"<script>alert(1)</script>" <a@example.org>',
    "a@example.org\0",
    "ü@example.org",
    "a@münchen.example",
    "a" * 400 + "@example.org",
    "a@" + "b." * 200 + "nl",
    "a@example.org, " * 300,
]
MARKUP = [
    "<" * 90_000,
    "<div>" * 60_000,
    "<b><i><u>" * 20_000,
    "<table><tr><td>" * 20_000,
    "<!--" + "x" * 900,
    "<style>" + "a{}" * 300,
    "<script>alert(1)</script>x",
    "<svg onload=alert(1)>x</svg>",
    "<a href='javascript:x'>klik</a>",
    "<math><mi//xlink:href='data:x,y'>",
    "&#0;&#x110000;&nbsp;x",
    "<img src=x onerror=alert(1)>",
    "<p hidden>x</p>",
    "<base href=//evil.example>x",
    "<meta http-equiv=refresh content=0>x",
    "<plaintext>x",
    "<textarea>x",
    "<select><option>x",
    "<frameset><frame src=x>",
    "<isindex>",
]


def _wrapped(html: str) -> str:
    return "\r\n".join(html[at : at + 900] for at in range(0, len(html), 900))


def _zip_bomb() -> bytes:
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        archive.writestr(ZipInfo("bomb", (2026, 1, 1, 0, 0, 0)), b"\0" * 20_000_000, ZIP_DEFLATED)
    return file.getvalue()


def _deep(n: int) -> bytes:
    return letter(
        "".join(f'Content-Type: multipart/mixed; boundary="b{i}"\r\n\r\n--b{i}\r\n' for i in range(n)) + "x",
        "Content-Type: multipart/mixed; boundary=b",
    )


def _nested_mails(n: int) -> bytes:
    return letter("Content-Type: message/rfc822\r\n\r\n" * n + "Subject: diep\r\n\r\nx", "Content-Type: message/rfc822")


def _mutated(rng: Random, number: int) -> bytes:
    """A good mail with some bytes changed, cut or doubled."""
    good = bytearray(
        multipart(
            PLAIN, attached(bytes(range(256)), "a.bin"), "Content-Type: text/html\r\n\r\n<p>hallo <b>daar</b></p>"
        )
    )
    for _ in range(1 + number % 12):
        at = rng.randrange(len(good))
        match rng.randrange(3):
            case 0:
                good[at] = rng.randrange(256)
            case 1:
                del good[at : at + rng.randrange(1, 60)]
            case _:
                good[at:at] = good[max(0, at - 80) : at]
    return bytes(good)


def _noise(rng: Random, number: int) -> bytes:
    return b"From: anna@example.org\r\nSubject: ruis\r\n\r\n" + rng.randbytes(200 * (number + 1))


def _parts(number: int) -> bytes:
    return multipart(*[f"Content-Type: text/plain\r\n\r\ndeel {n}" for n in range(number)])


BIG = 3_000
# name -> how many variants, how they may end, how to make one
TABLE: Mapping[str, tuple[int, frozenset[str], Make]] = {
    "a good mail changed at random": (120, ANY, _mutated),
    "random bytes": (20, ANY, _noise),
    "an odd sender": (len(FROMS), ANY, lambda _, n: letter(LEAK, f"From: {FROMS[n]}")),
    "an odd date": (len(DATES), TAKEN, lambda _, n: letter(LEAK, f"Date: {DATES[n]}")),
    "an odd charset": (len(CHARSETS), TAKEN | ASIDE, lambda r, n: letter("", f"Content-Type: text/plain; charset={CHARSETS[n]}") .replace(b"\r\n\r\n", b"\r\n\r\nWater " + r.randbytes(60).replace(b"\n", b"").replace(b"\r", b""))),
    "an odd charset in a header": (len(CHARSETS), TAKEN | ASIDE, lambda _, n: letter(LEAK, f"Subject: =?{CHARSETS[n]}?b?{b64encode(LEAK.encode()).decode()}?=")),
    "an odd file name": (len(NAMES), TAKEN, lambda _, n: multipart(PLAIN, attached(b"x", NAMES[n]))),
    "an odd file name, encoded": (len(NAMES), TAKEN, lambda _, n: multipart(PLAIN, f"Content-Type: image/png; name*=utf-8''{NAMES[n].encode().hex('%')}\r\n\r\nx")),
    "odd markup": (len(MARKUP), ANY, lambda _, n: letter(_wrapped(MARKUP[n]), "Content-Type: text/html")),
    "many parts": (4, ANY, lambda _, n: _parts((50, 100, 101, 5000)[n])),
    "deep parts": (5, ASIDE | TAKEN, lambda _, n: _deep((5, 19, 25, 99, 1000)[n])),
    "mails in mails": (5, ASIDE | TAKEN, lambda _, n: _nested_mails((1, 5, 19, 99, 1000)[n])),
    "many headers": (4, ASIDE | TAKEN, lambda _, n: letter(LEAK, *[f"X-{i}: y" for i in range((100, 190, 201, 5000)[n])])),
    "large headers": (4, ASIDE | TAKEN, lambda _, n: letter(LEAK, *["X: " + "y " * 400] * (10, 70, 90, 900)[n])),
    "a long line": (4, ASIDE | TAKEN, lambda _, n: letter("x" * (998, 16_000, 17_000, 10_000_000)[n])),
    "a long header line": (3, ASIDE | TAKEN, lambda _, n: letter(LEAK, "Subject: " + "x" * (2_000, 15_000, 60_000)[n])),
    "encoded words without end": (6, ASIDE | TAKEN, lambda _, n: letter(LEAK, "Subject: " + "=?utf-8?q?=41?= " * (10, 100, 500, 900, 4_000, 9_000)[n])),
    "encoded words in each other": (6, TAKEN, lambda _, n: letter(LEAK, "Subject: " + "=?utf-8?q?" * (n + 1) * 9 + "x" + "?=" * (n + 1) * 9)),
    "nothing": (4, ANY, lambda _, n: (b"", b"\r\n", b"\r\n\r\n", b"x")[n]),
    "only headers": (4, ANY, lambda _, n: (b"From: a@example.org", b"From: a@example.org\r\n", b"Subject: x\r\n\r\n", b":\r\n:\r\n")[n]),
    "a line end of another kind": (6, ANY, lambda _, n: letter(LEAK).replace(b"\r\n", (b"\n", b"\r", b"\n\r", b"\r\r\n", b"\x0b", b"\x85")[n])),
    "a NUL": (4, ASIDE | TAKEN, lambda _, n: (letter("a\0b"), letter(LEAK, "X: \0"), letter(LEAK, subject="a\0b"), letter("\0" * 900))[n]),
    "hidden directions": (6, TAKEN, lambda _, n: letter(f"Betaal {chr(0x202A + n % 5)}100{chr(0x2069)} euro", subject=f"a{chr(0x202E)}b{n}")),
    "two senders": (3, HELD, lambda _, n: letter(LEAK, *(["From: a@example.org", "From: b@example.org"], ["From: a@example.org, b@example.org"], ["From: a@example.org"] * 2)[n])),
    "a zip bomb": (2, TAKEN, lambda _, n: multipart(PLAIN, attached(_zip_bomb(), f"bom{n}.zip", "application/zip"))),
    "a packed file that claims to be text": (2, TAKEN, lambda _, n: multipart(PLAIN, attached(zlib.compress(b"x" * 9_000_000), f"x{n}.txt", "text/plain"))),
    "winmail.dat": (2, TAKEN, lambda r, _: multipart(PLAIN, attached(b"\x78\x9f\x3e\x22" + r.randbytes(900), "winmail.dat", "application/ms-tnef"))),
    "a broken transfer encoding": (8, TAKEN, lambda r, n: letter("".join(r.choice("ABC=?/+-_\r\n") for _ in range(900)), f"Content-Transfer-Encoding: {('base64', 'quoted-printable', 'uuencode', 'x-uue', '7bit', 'binary', 'x' * 99, '')[n]}")),
    "a broken boundary": (8, ANY, lambda _, n: letter(f"--b\r\n{PLAIN}\r\n--b--", f"Content-Type: multipart/mixed{('', '; boundary', '; boundary=', '; boundary=c', '; boundary=' + 'b' * 999, '; boundary=b; boundary=c', '; boundary*=utf-8%27%27b', '; boundary=(b)')[n]}")),
    "a broken type": (8, TAKEN | ASIDE, lambda _, n: letter(LEAK, f"Content-Type: {('', '/', 'text', 'text/', '/plain', 'text/plain;;;=', 'x' * 200 + '/y', 'message/partial; id=1')[n]}")),
    "a bounce of nothing of ours": (5, HELD, lambda _, n: letter(("550 5.1.1 unknown", "user unknown", "<x@y>: host said: 452", "quota", "")[n], subject=("failure notice", "Undeliverable: x", "Mail delivery failed", "Onbestelbaar", "Delivery Status Notification (Failure)")[n], sender="MAILER-DAEMON@x.example")),
    "a broken report": (4, HELD, lambda _, n: letter(("--b--", "--b\r\nContent-Type: message/delivery-status\r\n\r\n\r\n\r\n", "x", "--b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n")[n], "Content-Type: multipart/report; report-type=delivery-status; boundary=b")),
    "an invitation": (4, TAKEN | HELD, lambda _, n: letter("BEGIN:VCALENDAR\r\nSUMMARY:" + ("Bezoek", "x" * 9_00, "\\n" * 300, "")[n] + "\r\nEND:VCALENDAR", f"Content-Type: text/calendar; method={('REQUEST', 'CANCEL', 'PUBLISH', 'REPLY')[n]}")),
    "signed and sealed": (6, TAKEN, lambda _, n: multipart(PLAIN, attached(b"MIAG", "smime.p7s", "application/pkcs7-signature"), kind=("signed", "encrypted", "signed", "encrypted", "mixed", "x-unknown")[n])),
    "a loop": (3, HELD, lambda _, n: letter(LEAK, *["Received: from x by y"] * (51, 100, 150)[n])),
    "our own name": (3, HELD, lambda _, n: letter(LEAK, sender=("help@loket.example", "help+x@loket.example", "Loket <HELP@LOKET.EXAMPLE>")[n])),
    "our own headers": (3, TAKEN, lambda _, n: letter(LEAK, f"X-Loket-{('Ticket', 'Verified', 'Class')[n]}: yes")),
    "an id used before": (6, TAKEN, lambda _, n: letter(f"Andere woorden {n} over {['water', 'gas', 'stroom', 'post', 'hond', 'kat'][n]}.", "Message-ID: <same@example.org>")),
    "an odd id": (6, TAKEN, lambda _, n: letter(LEAK, f"Message-ID: {('', '<>', '<' * 99, '<a b@c>', '<' + 'x' * 1999 + '>', 'x')[n]}", f"References: {'<a@b> ' * 100}")),
    "a foreign token": (6, TAKEN, lambda r, n: letter(LEAK, f"To: help+{''.join(r.choice('abcdefghijklmnopqrstuvwxyz234567') for _ in range(44 - n))}@loket.example")),
    "very many quotes": (4, TAKEN | ASIDE, lambda _, n: letter(("> " * 4_000, ">\r\n" * 9_000, "On x wrote:\r\n" * 3_000, "From: a\r\nTo: b\r\n" * 2_000)[n])),
    "a very long text": (3, TAKEN, lambda r, n: letter("\r\n".join(" ".join(r.choice(LEAK.split()) for _ in range(12)) for _ in range(BIG * (n + 1))))),
    "uuencoded in the text": (2, TAKEN, lambda _, n: letter(f"begin 644 a{n}.txt\r\n#0V%T\r\n`\r\nend")),
    "very large": (2, ASIDE | TAKEN, lambda _, n: multipart(PLAIN, attached(b"x" * (12_000_000, 19_500_000)[n], "groot.bin"))),
}  # fmt: skip


def odd_mails() -> Iterator[Odd]:
    """Every mail of the table; the same ones for ever."""
    for kind, (number, ends, make) in TABLE.items():
        for n in range(number):
            raw = make(Random(f"{SEED} {kind} {n}"), n)
            yield Odd(f"{kind} {n}", _apart(raw, kind, n), ends)


def _apart(raw: bytes, kind: str, n: int) -> bytes:
    """No two mails are the same one sent twice, nor from one sender: an odd crowd would be held for its number."""
    return raw.replace(b"anna@example.org", f"anna{zlib.crc32(f'{kind} {n}'.encode())}@example.org".encode(), 1)

"""The bytes of a mail: headers that nobody can add to, and two parts that say the same."""

from binascii import b2a_base64, b2a_qp

from notifications.wording import Letter

WORD_BYTES = 45  # of UTF-8 in one encoded word, which may be 75 characters long
FOLD_AT = 76


def message(headers: list[tuple[str, str]], letter: Letter, boundary: str) -> bytes:
    """The mail with its plain and its HTML part, lines ending in CRLF. Raises ValueError on a line end in a header."""
    # Written by hand: EmailMessage took 2.8 ms a mail, most of it parsing back the headers it was given.
    head = [
        *(_folded(name, value) for name, value in headers),
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative; boundary="{boundary}"',
    ]
    parts = [_part("plain", letter.text), _part("html", letter.html)]
    body = b"".join(b"--%s\r\n%s\r\n" % (boundary.encode(), part) for part in parts)
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body + b"--%s--\r\n" % boundary.encode()


def _part(subtype: str, content: str) -> bytes:
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    encoded = b2a_qp(content.encode("utf-8", "replace"), istext=True)
    return head.encode() + encoded.replace(b"\n", b"\r\n")


def _folded(name: str, value: str) -> str:
    """The header on lines of at most 76 characters where spaces allow it. Raises ValueError on a line end inside."""
    if not value.isprintable():
        raise ValueError(f"the header {name} would hold a control character")
    lines = [f"{name}:"]
    for word in value.split(" "):
        if len(lines[-1]) + 1 + len(word) > FOLD_AT and lines[-1].strip() != f"{name}:":
            lines.append("")
        lines[-1] += f" {word}"
    return "\r\n".join(lines)


def unstructured(text: str) -> str:
    """The text as it stands in a header such as Subject."""
    return text if text.isascii() else _encoded(text)


def phrase(name: str) -> str:
    """The name as it stands before an address."""
    if not name.isascii():
        return _encoded(name)
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _encoded(text: str) -> str:
    """The text as RFC 2047 words, cut between characters."""
    chunks = [""]
    for character in text:
        if len((chunks[-1] + character).encode()) > WORD_BYTES:
            chunks.append("")
        chunks[-1] += character
    coded = (b2a_base64(chunk.encode("utf-8", "replace"), newline=False).decode() for chunk in chunks)
    return " ".join(f"=?utf-8?b?{word}?=" for word in coded)

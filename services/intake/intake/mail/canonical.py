"""What makes two copies of a mail the same: its bytes without what its way here added."""

import re
from hashlib import sha256

from intake.mail.limits import head_length

_ADDED_ON_THE_WAY = re.compile(
    rb"^(?:received|x-received|return-path|delivered-to|x-original-to|envelope-to|x-envelope-[a-z-]{1,40}"
    rb"|authentication-results|arc-[a-z-]{1,40}|received-spf|x-spam[a-z-]{0,40}|x-loket-[a-z-]{1,40}|status|x-status"
    rb"|x-uid|x-google-[a-z-]{1,40}|x-gm-[a-z-]{1,40}|x-rspamd-[a-z-]{1,40}|dkim-filter):[^\n]*\n(?:[ \t][^\n]*\n)*",
    re.IGNORECASE | re.MULTILINE,
)


def fingerprint(raw: bytes) -> bytes:
    """The SHA-256 that copies of one mail share, whatever way they took and however their lines end."""
    text = raw.replace(b"\r\n", b"\n") if b"\r" in raw else raw
    end = head_length(text) + 1
    digest = sha256(_ADDED_ON_THE_WAY.sub(b"", text[:end]))
    digest.update(text[end:].rstrip())
    return digest.digest()

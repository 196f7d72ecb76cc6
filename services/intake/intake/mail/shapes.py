"""What words look like when all that changes from one round of a loop to the next is left out."""

import re
from hashlib import sha256

SHAPED = 400  # characters that tell one round of a loop from other mails
_CHANGING = re.compile(r"\d+|\b[a-z]-[0-9a-z]{4,6}-[0-9a-z]{3,6}\b|^\s*(?:re|fw|fwd|aw|antw|wg|tr)\s*:", re.IGNORECASE)


def shape(subject: str, words: str) -> bytes:
    """The same for the rounds of a loop: numbers and references, which change from round to round, left out."""
    bare = _CHANGING.sub("", f"{subject}\n{words[:SHAPED]}")
    return sha256("".join(bare.split()).lower().encode()).digest()

"""What words look like when all that changes from one round of a loop to the next is left out."""

import re
from hashlib import sha256

LOOKED_AT = 2_000  # characters
SHAPED = 400  # of what is left of them: they tell one round of a loop from other mails
# Asked of one word at a time, so that the longest text costs no more than its length.
_CHANGING = re.compile(
    r"\d|://|www\.|\b[a-z]-[0-9a-z]{4,6}-[0-9a-z]{3,6}\b|^(?:re|fw|fwd|aw|antw|wg|tr):$", re.IGNORECASE
)


def shape(subject: str, words: str) -> bytes:
    """The same for the rounds of a loop: words with numbers, references and links, which change each time, left out."""
    said = f"{subject[:LOOKED_AT]}\n{words[:LOOKED_AT]}".split()
    bare = "".join(word for word in said if not _CHANGING.search(word))
    return sha256(bare[:SHAPED].lower().encode()).digest()

"""Names that are not what they seem: hidden characters, turned text, letters of one script dressed as another's."""

import unicodedata

from common.texts import mark

HIDDEN = mark("This name holds a character that cannot be seen (%(character)s).")
MIXED = mark("This name mixes letters of several alphabets (%(character)s).")
DRESSED = mark("This name holds a dressed-up character (%(character)s); write it plainly.")
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def trick_in(text: str) -> tuple[str, str] | None:
    """What is wrong with a name that people should read as it stands: a sentence, and the character it names."""
    if hidden := hidden_in(text):
        return HIDDEN, hidden
    plain = unicodedata.normalize("NFC", text)
    for character in plain:
        if unicodedata.normalize("NFKC", character) != character and character not in _TYPOGRAPHY:
            return DRESSED, told(character)
    for word in plain.split():
        scripts = {_script(character): character for character in word if character.isalpha()}
        if len(scripts) > 1:
            return MIXED, told(next(character for script, character in scripts.items() if script != "LATIN"))
    return None


def hidden_in(text: str, allowed: str = "") -> str:
    """The first character that is not seen or that turns the text around, told by number and name; empty for none."""
    found = (c for c in text if unicodedata.category(c) in _UNSEEN and c not in allowed)
    return next(map(told, found), "")


def told(character: str) -> str:
    """A character by its number and its name, which cannot deceive."""
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()


def likeness(text: str) -> str:
    """The text as a hurried reader sees it: two names with one likeness are one name twice."""
    folded = unicodedata.normalize("NFKD", text).casefold().translate(_LIKE)
    return " ".join("".join(c for c in folded if not unicodedata.combining(c)).split())


def _script(character: str) -> str:
    return unicodedata.name(character, "").partition(" ")[0]


_TYPOGRAPHY = "…²³½¼¾\u00a0\u202fªº"  # what people do type in names
_LIKE = str.maketrans("авекмнорстухіјѕԁɡαβεικνορτυχ0|", "abekmhopctyxijsdgabeikvoptuxol")

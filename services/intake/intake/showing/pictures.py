"""Pictures in mails, drawn anew: what a browser gets was made by us, and is small."""

import warnings
from io import BytesIO

from PIL import Image, UnidentifiedImageError

MOST_BYTES = 10 * 1024 * 1024  # of a picture as it came
MOST_PIXELS = 12_000_000
LONGEST_SIDE = 1_600
FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP")


def drawn_anew(content: bytes) -> tuple[str, bytes] | None:
    """The type and bytes of the same picture, its first frame alone and no larger than a page; None where it is none.

    Its size is looked at before it is unpacked: a few bytes may claim gigabytes.
    """
    if len(content) > MOST_BYTES:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(BytesIO(content), formats=FORMATS)
        if picture.width * picture.height > MOST_PIXELS:
            return None
        return _written(picture)
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return None
    except (OSError, ValueError, SyntaxError, KeyError, IndexError, OverflowError, EOFError, MemoryError):
        return None  # a broken one


def _written(picture: Image.Image) -> tuple[str, bytes]:
    is_clear = picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info
    small = picture.convert("RGBA" if is_clear else "RGB")
    small.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    written = BytesIO()
    if is_clear:
        small.save(written, "PNG")
        return "image/png", written.getvalue()
    small.save(written, "JPEG", quality=85)
    return "image/jpeg", written.getvalue()

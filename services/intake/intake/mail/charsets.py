"""Bytes to text by the charset a mail names, or by the likeliest one when it names none, or lies."""

import codecs

_NAMES = """
    ascii big5 big5hkscs cp037 cp424 cp437 cp500 cp737 cp775 cp850 cp852 cp855 cp857 cp858 cp860 cp861 cp862 cp863
    cp864 cp865 cp866 cp869 cp874 cp932 cp949 cp950 cp1006 cp1026 cp1125 cp1140 cp1250 cp1251 cp1252 cp1253 cp1254
    cp1255 cp1256 cp1257 cp1258 euc_jp euc_jis_2004 euc_jisx0213 euc_kr gb2312 gbk gb18030 hz iso2022_jp iso2022_jp_1
    iso2022_jp_2 iso2022_jp_2004 iso2022_jp_3 iso2022_jp_ext iso2022_kr iso8859-1 iso8859-2 iso8859-3 iso8859-4
    iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-9 iso8859-10 iso8859-11 iso8859-13 iso8859-14 iso8859-15 iso8859-16
    johab koi8-r koi8-t koi8-u kz1048 mac-cyrillic mac-greek mac-iceland mac-latin2 mac-roman mac-turkish ptcp154
    shift_jis shift_jis_2004 shift_jisx0213 tis-620 utf-16 utf-16-be utf-16-le utf-32 utf-7 utf-8 utf-8-sig
"""
TEXTUAL = frozenset(_NAMES.split())
ALSO_KNOWN = {
    "iso-8859-8-i": "iso8859-8",
    "windows-874": "cp874",
    "x-sjis": "cp932",
    "shift_jis": "cp932",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "iso-8859-1": "cp1252",  # what says Latin-1 is mostly Windows'
    "latin1": "cp1252",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
}


def codec_of(charset: str) -> str | None:
    """The codec for a charset; None for one that is unknown or no charset at all."""
    name = charset.strip().strip("\"'").lower()[:40]
    try:
        found = codecs.lookup(ALSO_KNOWN.get(name, name)).name
    except (LookupError, ValueError, UnicodeError):
        return None
    return found if found in TEXTUAL else None


def decode(content: bytes, charset: str | None = None) -> str:
    """The text; never fails. What cannot be read becomes a replacement character."""
    named = codec_of(charset) if charset else None
    for codec in (named, "utf-8"):
        if codec:
            try:
                return content.decode(codec)
            except (UnicodeError, ValueError):
                continue
    return content.decode("cp1252" if named in {None, "utf-8"} else named or "cp1252", "replace")

"""HTML to the text a reader would see: lines where they would be, quotes marked as in plain text."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from intake.mail.inbound import Unreadable

MOST_HTML_BYTES = 2_000_000
MOST_NODES = 200_000
DEEPEST = 2_000  # levels; browsers stop at 512
UNSEEN = frozenset(
    {"head", "script", "style", "template", "noscript", "title", "meta", "link", "object", "svg", "-comment"}
)
_BLOCKS = """
    address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer
    form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol p pre section summary table tbody tfoot thead tr
    ul
"""
BLOCKS = frozenset(_BLOCKS.split())
SPACED = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "pre", "table"})
_HIDDEN = re.compile(
    r"display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}hidden|mso-hide\s{0,3}:\s{0,3}all", re.IGNORECASE
)
# Elements that neither close themselves nor are closed by a neighbour: left open by the thousand, each costs more.
_OPENED = re.compile(
    r"<(?!/|!|br\b|hr\b|img\b|meta\b|link\b|input\b|col\b|wbr\b|area\b|base\b|source\b|p\b|li\b|t[dhr]\b|tbody\b|"
    r"dt\b|dd\b|option\b|o:p\b)[a-z]",
    re.IGNORECASE,
)
_CLOSED = re.compile(r"</|/>")
MOST_LEFT_OPEN = 3_000
_SPACES = re.compile(r"[ \t\r\n\f\v]+")
_MANY_LINES = re.compile(r"\n{3,}")
_TEXT = "-text"


class _Page:
    """Collects text with the line ends and quote marks that the blocks around it ask for."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._line = ""
        self._depths: list[int] = []  # quote depth of each line
        self.quotes = 0
        self.preserved = 0

    def text(self, words: str) -> None:
        if self.preserved:
            first, *rest = words.replace("\r\n", "\n").split("\n")
            self._line += first
            for line in rest:
                self.end(is_forced=True)
                self._line = line
            return
        words = _SPACES.sub(" ", words)
        self._line += words.lstrip(" ") if not self._line or self._line.endswith(" ") else words

    def end(self, *, is_forced: bool = False, is_spaced: bool = False) -> None:
        """End the line, if there is one."""
        if self._line.strip() or is_forced:
            self._add(self._line.rstrip())
        self._line = ""
        if is_spaced and self.lines and self.lines[-1]:
            self._add("")

    def _add(self, line: str) -> None:
        self.lines.append(line)
        self._depths.append(self.quotes)

    def whole(self) -> str:
        self.end()
        marked = (
            f"{'>' * depth} {line}".rstrip() if depth else line
            for line, depth in zip(self.lines, self._depths, strict=True)
        )
        return _MANY_LINES.sub("\n\n", "\n".join(marked)).strip()


def text_of(html: str) -> str:
    """The readable text. Raises Unreadable when it is built to be too much."""
    if len(html) > MOST_HTML_BYTES:
        raise Unreadable("too_much_markup")
    if len(_OPENED.findall(html)) - len(_CLOSED.findall(html)) > MOST_LEFT_OPEN:
        raise Unreadable("too_much_markup")
    page = _Page()
    root = LexborHTMLParser(html.replace("\0", "\N{REPLACEMENT CHARACTER}")).root
    for node, is_end in _walk(root):
        (_leave if is_end else _enter)(page, node)
    return page.whole()


def _walk(root: LexborNode | None) -> Iterator[tuple[LexborNode, bool]]:
    """Every visible node at its beginning and at its end, without recursion."""
    node, depth, count = root, 0, 0
    while node is not None:
        count += 1
        if count > MOST_NODES or depth > DEEPEST:
            raise Unreadable("too_much_markup")
        yield node, False
        child = None if _is_unseen(node) else node.child
        if child is not None:
            node, depth = child, depth + 1
            continue
        yield node, True
        while node is not None and node.next is None and depth > 0:
            node, depth = node.parent, depth - 1
            if node is not None:
                yield node, True
        node = node.next if node is not None and depth > 0 else None


def _is_unseen(node: LexborNode) -> bool:
    tag = node.tag
    if tag == _TEXT:
        return True
    if tag in UNSEEN:
        return True
    attributes = node.attributes
    return bool(attributes) and ("hidden" in attributes or bool(_HIDDEN.search((attributes.get("style") or "")[:500])))


def _enter(page: _Page, node: LexborNode) -> None:
    tag = node.tag or ""
    if tag == _TEXT:
        page.text(node.text_content or "")
    elif tag == "br":
        page.end(is_forced=True)
    elif tag == "hr":
        page.end()
        page.text("_" * 20)
        page.end()
    elif tag == "img" and (alt := (node.attributes or {}).get("alt")):
        page.text(f"[{alt[:100]}]")
    elif tag in BLOCKS:
        page.end(is_spaced=tag in SPACED)
        _open(page, tag)
    elif tag in {"td", "th"}:
        page.text(" ")


def _open(page: _Page, tag: str) -> None:
    if tag == "blockquote":
        page.quotes += 1
    elif tag == "pre":
        page.preserved += 1
    elif tag == "li":
        page.text("- ")


def _leave(page: _Page, node: LexborNode) -> None:
    tag = node.tag or ""
    if tag not in BLOCKS or tag == "hr":
        return
    page.end(is_spaced=tag in SPACED)
    if tag == "blockquote":
        page.quotes = max(0, page.quotes - 1)
    elif tag == "pre":
        page.preserved = max(0, page.preserved - 1)

"""Where in a TOML or JSON text each key and value stands, so that what is wrong can be said with its line.

The parsers of the standard library give values without their places. This one gives places without values: it reads
texts that they have accepted, and only needs to know where things begin.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

Path = tuple[str | int, ...]

DEEPEST = 12
_TOKEN = re.compile(
    r'''(?P<text>"""(?:\\.|[^\\])*?"{3,5}|\'{3}.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*')'''
    r"|(?P<comment>#[^\n]*)|(?P<end>\n)|(?P<sign>[\[\]{}=:,])|(?P<word>[^\s\[\]{}=:,#\"']+)",
    re.DOTALL,
)


class Token(NamedTuple):
    """A piece of the text and the line it begins on, from 1."""

    kind: str
    text: str
    line: int


def tokens_of(text: str) -> list[Token]:
    """The pieces of the text, without comments and space."""
    found, line, at = [], 1, 0
    for match in _TOKEN.finditer(text):
        line += text.count("\n", at, match.start())
        at = match.start()
        if match.lastgroup != "comment":
            found.append(Token(match.lastgroup or "", match[0], line))
    return found


def depth_of(tokens: list[Token]) -> tuple[int, int]:
    """How deeply brackets are nested at most, and on which line."""
    deepest, depth, line = 0, 0, 1
    for token in tokens:
        if token.kind == "sign":
            depth += (token.text in "[{") - (token.text in "]}")
            if depth > deepest:
                deepest, line = depth, token.line
    return deepest, line


def lines_of(text: str, *, is_json: bool) -> Mapping[Path, int]:
    """The line of each key and value by its path; of a text that the parser has accepted."""
    scan = _Scan(tokens_of(text))
    if is_json:
        scan.value(())
    else:
        scan.toml()
    return scan.lines


def line_at(lines: Mapping[Path, int], path: Path) -> int | None:
    """The line of this path, or of the nearest thing around it that has one."""
    return next((lines[path[:size]] for size in range(len(path), 0, -1) if path[:size] in lines), None)


@dataclass
class _Scan:
    tokens: list[Token]
    at: int = 0
    lines: dict[Path, int] = field(default_factory=dict)
    counts: dict[Path, int] = field(default_factory=lambda: defaultdict(int))

    def toml(self) -> None:
        base: Path = ()
        while self._skip_ends():
            if self._is("["):
                base = self._header()
            else:
                self._pair(base)

    def value(self, path: Path) -> None:
        if not self._skip_ends():
            return
        self._mark(path)
        if self._is("{"):
            self._several(path, "}")
        elif self._is("["):
            self._several(path, "]")
        else:
            while self.at < len(self.tokens) and not self._is(",", "]", "}", "\n"):
                self.at += 1

    def _header(self) -> Path:
        line = self.tokens[self.at].line
        self.at += 1
        is_array = self._is("[")
        parts = self._key("]")
        path: Path = ()
        for number, part in enumerate(parts):
            path += (part,)
            if is_array and number == len(parts) - 1:
                self.counts[path] += 1
            if path in self.counts:
                path += (self.counts[path] - 1,)
        self.lines.setdefault(path, line)
        self.at += 1 if is_array else 0
        return path

    def _pair(self, base: Path) -> None:
        line = self.tokens[self.at].line
        parts = self._key("=", ":")
        for size in range(1, len(parts) + 1):
            self.lines.setdefault(base + parts[:size], line)
        self.value(base + parts)

    def _several(self, path: Path, closing: str) -> None:
        self.at += 1
        number = 0
        while self._skip_ends() and not self._is(closing):
            before = self.at
            if closing == "}":
                self._pair(path)
            else:
                self.value((*path, number))
            number += 1
            if self._skip_ends() and (self._is(",") or self.at == before):
                self.at += 1
        self.at += 1

    def _key(self, *until: str) -> tuple[str, ...]:
        """The parts of a key, and past the sign that ends it."""
        parts: list[str] = []
        while self.at < len(self.tokens) and not self._is(*until):
            token = self.tokens[self.at]
            if token.kind == "text":
                parts.append(token.text[1:-1])
            elif token.kind == "word":
                parts += [part for part in token.text.split(".") if part]
            self.at += 1
        self.at += 1
        return tuple(parts)

    def _mark(self, path: Path) -> None:
        if path:
            self.lines.setdefault(path, self.tokens[self.at].line)

    def _is(self, *signs: str) -> bool:
        token = self.tokens[self.at] if self.at < len(self.tokens) else None
        return token is not None and token.kind in {"sign", "end"} and token.text in signs

    def _skip_ends(self) -> bool:
        while self._is("\n"):
            self.at += 1
        return self.at < len(self.tokens)

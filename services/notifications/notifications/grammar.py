"""The small language that people write templates in: words, values, and `if`; nothing that can loop, call or reach out.

What cannot be written needs no guard at run time: a template of this language takes time in proportion to its
length, and says at most what it is given.
"""

import re
from collections.abc import Mapping

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

NAMES = frozenset(
    {
        "brand",
        "reference",
        "split_from",
        "status_url",
        "feedback_url",
        "preferences_url",
        "answer_by",
        "solve_by",
        "until",
        "incident",
        "agent_name",
        "has_words",
    }
)
LONGEST_SOURCE = 8_000  # characters
LONGEST_VALUE = 2_000
LONGEST_RESULT = 32_000
MOST_PARTS = 400  # of a template
DEEPEST = 10  # ifs within ifs
ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.If,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Const,
)

_PART = re.compile("{[{%#]")

Values = Mapping[str, str]


class BadTemplate(ValueError):
    """What somebody wrote is no template; says on which line and why."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(f"line {line}: {reason}")
        self.reason = reason
        self.line = line


class TooLong(ValueError):
    """The result is longer than a notice may be."""


class Words:
    """One template, read and checked. Raises BadTemplate when made from something else."""

    def __init__(self, source: str) -> None:
        check(source)
        self._template: Template = _ENVIRONMENT.from_string(source)

    def said(self, values: Values) -> str:
        """The words with the values in their places. Raises TooLong."""
        said = self._template.render({name: value[:LONGEST_VALUE] for name, value in values.items()})
        if len(said) > LONGEST_RESULT:
            raise TooLong(f"the result has {len(said)} characters, more than {LONGEST_RESULT}")
        return said


def check(source: str) -> None:
    """Nothing, when the source is a template of this language. Raises BadTemplate."""
    if len(source) > LONGEST_SOURCE:
        raise BadTemplate(f"it has {len(source)} characters, more than {LONGEST_SOURCE}", source.count("\n") + 1)
    if len(_PART.findall(source)) > MOST_PARTS:
        raise BadTemplate(f"it has more than {MOST_PARTS} parts", 1)
    try:
        tree = _ENVIRONMENT.parse(source)
    except TemplateSyntaxError as error:
        raise BadTemplate(error.message or "it cannot be read", error.lineno) from error
    except RecursionError as error:
        raise BadTemplate("too many brackets in brackets", 1) from error
    for node, depth in _below(tree):
        if depth > DEEPEST:
            raise BadTemplate("too many ifs within ifs", node.lineno)
        if not isinstance(node, ALLOWED):
            raise BadTemplate(f"{type(node).__name__.lower()} cannot be used here", node.lineno)
        if isinstance(node, nodes.Name) and node.name not in NAMES:
            raise BadTemplate(f"there is no value called {node.name}", node.lineno)
        if isinstance(node, nodes.Compare) and not all(map(_is_text, (node.expr, *(each.expr for each in node.ops)))):
            raise BadTemplate("only values and texts in quotes can be compared", node.lineno)


def _is_text(node: nodes.Expr) -> bool:
    """Whether it is always a text: a number or a comparison beside one would fail only once a notice is written."""
    return isinstance(node, nodes.Name) or (isinstance(node, nodes.Const) and isinstance(node.value, str))


def _below(tree: nodes.Node) -> list[tuple[nodes.Node, int]]:
    """The tree and all in it, with the number of ifs around each; without recursion, which nesting would exhaust."""
    found = [(tree, 0)]
    for node, depth in found:
        found.extend((child, depth + isinstance(node, nodes.If)) for child in node.iter_child_nodes())
    return found


_ENVIRONMENT = ImmutableSandboxedEnvironment(
    undefined=StrictUndefined,
    autoescape=False,  # plain text; what goes into HTML is escaped by the layout
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.globals.clear()

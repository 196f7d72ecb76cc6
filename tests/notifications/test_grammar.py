"""The language of templates: words, values and ifs; every way to loop, call or reach out is refused."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.grammar import (
    DEEPEST,
    LONGEST_RESULT,
    LONGEST_SOURCE,
    LONGEST_VALUE,
    MOST_PARTS,
    NAMES,
    BadTemplate,
    TooLong,
    Words,
)

VALUES = dict.fromkeys(NAMES, "x")
HOSTILE = [
    "{% for a in range(10) %}{% endfor %}",
    "{{ range(1000000000) }}",
    "{{ ''.__class__ }}",
    "{{ brand.__class__.__mro__ }}",
    "{{ brand['__class__'] }}",
    "{{ brand | attr('__class__') }}",
    "{{ brand() }}",
    "{{ 'a' * 1000000000 }}",
    "{{ 9 ** 9 ** 9 }}",
    "{{ brand ~ brand }}",
    "{{ brand % brand }}",
    "{{ [brand, brand] }}",
    "{{ {'a': brand} }}",
    "{{ (brand, brand) }}",
    "{{ brand if brand else brand }}",
    "{{ brand is defined }}",
    "{{ self }}",
    "{{ loop }}",
    "{{ cycler }}",
    "{{ joiner() }}",
    "{{ lipsum(n=100000) }}",
    "{{ config }}",
    "{{ request }}",
    "{% set a = brand %}",
    "{% macro a() %}{% endmacro %}",
    "{% call brand() %}{% endcall %}",
    "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}",
    "{% extends 'layout.html' %}",
    "{% block a %}{% endblock %}",
    "{% filter upper %}x{% endfilter %}",
    "{% with a = 1 %}{% endwith %}",
    "{% raw %}{{ x }}{% endraw %}{{ nobody }}",
    "{{ brand | upper }}",
    "{{ brand | replace('x', 'xxxxxxxxxx') }}",
    "{{ brand[::-1] }}",
    "{{",
    "{% if %}{% endif %}",
    "{% if brand %}",
    "{{ " + "(" * 300 + "brand" + ")" * 300 + ".x }}",
    "{% if brand %}" * 60 + "{% endif %}" * 60,
    "{% if brand %}" * 500 + "{% endif %}" * 500,
    "x" * (LONGEST_SOURCE + 1),
]


@pytest.mark.parametrize("source", HOSTILE, ids=lambda source: source[:40])
def test_what_is_more_than_words_values_and_ifs_is_refused_at_once(source: str) -> None:
    began = time.process_time()

    with pytest.raises(BadTemplate) as refused:
        Words(source)

    assert refused.value.line >= 1
    assert time.process_time() - began < 1


def test_a_refusal_names_the_line_and_the_reason() -> None:
    with pytest.raises(BadTemplate, match="line 3: there is no value called name"):
        Words("# Dag\n\n{{ name }}")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("Dag {{ brand }}", "Dag x"),
        ("{% if until and until != answer_by %}a{% else %}b{% endif %}", "b"),
        ("{% if not until or until == 'x' %}a{% elif brand %}c{% endif %}", "a"),
        ("100 % {x} }}", "100 % {x} }}"),
        ("{# not said #}Dag", "Dag"),
    ],
)
def test_what_may_be_written_is_said(source: str, said: str) -> None:
    assert Words(source).said(VALUES) == said


def test_a_value_is_never_read_as_a_template() -> None:
    assert Words("{{ brand }}").said(VALUES | {"brand": "{{ 7 * 7 }}"}) == "{{ 7 * 7 }}"


def test_a_value_and_the_result_have_an_end() -> None:
    long = VALUES | {"brand": "b" * 10_000}

    assert len(Words("{{ brand }}").said(long)) == LONGEST_VALUE
    with pytest.raises(TooLong):
        Words("{{ brand }}" * (LONGEST_RESULT // LONGEST_VALUE + 1)).said(long)


def test_the_largest_template_there_can_be_takes_no_time_to_speak_of() -> None:
    nested = "{% if brand %}" * DEEPEST + "x" + "{% endif %}" * DEEPEST
    words = Words(nested + "{{ until }}" * (MOST_PARTS - 2 * DEEPEST))
    began = time.process_time()

    words.said(VALUES)

    assert time.process_time() - began < 1


atoms = st.sampled_from([*sorted(NAMES), "'x'", "''", "5", "1.5", "true", "none"])


def combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = st.sampled_from(["==", "!=", "<", ">=", "in", "not in", "and", "or"])
    return st.one_of(
        st.builds("({} {} {})".format, inner, operators, inner),
        st.builds("(not {})".format, inner),
        st.builds("({} < {} < {})".format, inner, inner, inner),
    )


conditions = st.recursive(atoms, combined, max_leaves=6)
sources = st.builds(
    lambda condition, value, words: f"{{% if {condition} %}}{words}{{% else %}}{{{{ {value} }}}}{{% endif %}}",
    conditions,
    conditions,
    st.text(alphabet="abc {}%#\n", max_size=10),
)


@given(sources, st.text(max_size=20))
def test_what_may_be_written_can_always_be_said(source: str, value: str) -> None:
    try:
        words = Words(source)
    except BadTemplate:
        return
    words.said(dict.fromkeys(NAMES, value))


@pytest.mark.parametrize(
    "condition", ["until > 5", "5 in until", "until in 5", "(until == brand) < until", "'x' in (not until)", "1 < 'a'"]
)
def test_what_cannot_be_compared_is_refused_and_not_found_out_by_a_customer(condition: str) -> None:
    with pytest.raises(BadTemplate, match="line 2"):
        Words(f"\n{{% if {condition} %}}x{{% endif %}}")

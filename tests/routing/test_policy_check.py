"""What `check` says about a policy, with the line that must be mended."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from common.texts import words
from common.vocabulary import Language, Tier
from policies import AROUND, QUEUES, any_facts, checked, complaints, holds, policy, rules
from routing.policy import Facts, Surroundings, default_source
from routing.policy.places import lines_of

REST = '\n[[rule]]\nname = "Technical"\nwhen = { class = "technical" }\nthen = { queue = "field" }\n'
REST += '[[rule]]\nname = "Everything else"\nthen = { queue = "triage" }\n'


def rule(when: str, then: str = 'queue = "field"', name: str = "First") -> str:
    """One rule of four lines, the rest of a good policy after it."""
    return f'[[rule]]\nname = "{name}"\nwhen = {{ {when} }}\nthen = {{ {then} }}\n'


def test_the_default_policy_has_nothing_wrong_with_it() -> None:
    assert complaints(default_source()) == []


def test_the_example_of_the_contract_has_nothing_wrong_with_it() -> None:
    source = """
[[rule]]
name = "Gas is never waiting"
when = { class = "technical", topic = ["outage", "repair"], urgent = true, region = ["35", "36"], hours = "closed" }
then = { queue = "field", priority = 1, skills = ["gas"], optional_skills = { french = "15m" }, promise = "2h" }

[[rule]]
name = "Invoices to the front office first"
when = { class = "specialist", topic = "billing", confidence = ">=0.6" }
then = { queue = "front-office", front_office_first = true, promise = { within = "24h", share = 0.95 } }

[[rule]]            # the last rule has no `when`
name = "Everything else"
then = { queue = "triage" }
"""
    assert complaints(source) == []


@pytest.mark.parametrize(
    ("when", "then", "said"),
    [
        ("urgent = true", 'queue = "fields"', "line 4: There is no queue “fields”. Do you mean “field”?"),
        ("urgent = true", 'queue = "attic"', "line 4: There is no queue “attic”; there are front-office, triage"),
        ('topic = "biling"', 'queue = "field"', "line 3: There is no topic “biling”. Do you mean “billing”?"),
        ('class = "gas"', 'queue = "field"', "line 3: There is no class “gas”; there are routine, specialist, tech"),
        ('channel = "telex"', 'queue = "field"', "line 3: There is no channel “telex”; there are web, api"),
        ('wether = "rain"', 'queue = "field"', "line 3: There is no field “wether”; there are class, topic"),
        ('topics = "billing"', 'queue = "field"', "line 3: There is no field “topics”. Do you mean “topic”?"),
        (
            "urgent = true",
            'queue = "field", skils = ["gas"]',
            "line 4: There is no field “skils”. Do you mean “skills”",
        ),
        ("urgent = true", 'queue = "field", skills = ["gsa"]', "line 4: There is no skill “gsa”"),
        ('segment = "vip"', 'queue = "field"', "line 3: There is no segment “vip”."),
        ("urgent = 1", 'queue = "field"', "line 3: “urgent” must be true or false."),
        ("topic = 3", 'queue = "field"', "line 3: There is no topic “3”; there are billing"),
        ("region = 35", 'queue = "field"', "line 3: “region” must be text in quotes."),
        ("region = []", 'queue = "field"', "line 3: “region” is empty."),
        ('confidence = "high"', 'queue = "field"', "line 3: “high” is no confidence; write for example >=0.6"),
        ('hour = "25-30"', 'queue = "field"', "line 3: “25-30” is no part of a day"),
        ('confidence = ">1"', 'queue = "field"', "line 3: Nothing can ever meet this condition."),
        ('confidence = "0.6..0.6"', 'queue = "field"', "line 3: Nothing can ever meet this condition."),
        ('hours = "lunch"', 'queue = "field"', "line 3: There is no value “lunch”; there are open, closed."),
        ("urgent = true", 'queue = "field", priority = 9', "line 4: A priority is 1 to 5; 1 goes first."),
        ("urgent = true", 'queue = "field", priority = "1"', "line 4: “priority” must be a whole number."),
        ("urgent = true", 'queue = "field", promise = "soon"', "line 4: “soon” is no span of time"),
        ("urgent = true", 'queue = "field", promise = { within = "2 days" }', "line 4: “2 days” is no span of time"),
        ("urgent = true", 'queue = "field", promise = { share = 0.9 }', "line 4: “within” is missing here."),
        ("urgent = true", 'queue = "field", promise = { within = "2h", share = 2 }', "line 4: A share is more than 0"),
        ("urgent = true", "priority = 1", "line 4: “queue” is missing here."),
        ("urgent = true", 'queue = "Field"', "line 4: “Field” cannot be a queue"),
        ('topic = ["billing", "billing"]', 'queue = "field"', "line 3: “billing” and “billing” overlap"),
        ('region = ["35", "3511"]', 'queue = "field"', "line 3: “35” and “3511” overlap in one condition."),
        ('hour = ["8-12", "11-14"]', 'queue = "field"', "line 3: “8-12” and “11-14” overlap in one condition."),
        ('hour = ["22-6", "5-7"]', 'queue = "field"', "line 3: “22-6” and “5-7” overlap in one condition."),
    ],
)
def test_what_does_not_fit_is_named_with_its_line(when: str, then: str, said: str) -> None:
    found = complaints(rule(when, then) + REST)
    assert found
    assert found[0].startswith(said), found


def test_a_policy_without_a_last_resort_is_refused_on_its_last_rule() -> None:
    source = rule('class = "technical"')
    assert "line 1: The last rule has no `when`: something must catch everything else." in complaints(source)


def test_a_rule_behind_a_more_general_one_is_named_with_the_line_of_both() -> None:
    source = rule('class = "routine"', 'queue = "triage"', "Wide") + rule(
        'class = "routine", urgent = true', name="Thin"
    )
    [said] = complaints(source + REST)
    assert said == "line 5: Nothing gets to the rule “Thin”: the rule “Wide” on line 1 takes it all."


def test_a_default_in_the_middle_takes_everything_after_it() -> None:
    found = complaints('[[rule]]\nname = "All"\nthen = { queue = "field" }\n' + REST)
    assert [line.partition(":")[0] for line in found] == ["line 5", "line 9"]


def test_rules_that_together_leave_nothing_hide_what_comes_after() -> None:
    source = rule("urgent = true", 'queue = "triage"', "Hot") + rule("urgent = false", 'queue = "legal"', "Cold")
    found = complaints(source + REST)
    assert "line 10: Nothing gets to the rule “Technical”: the rules before it together take it all." in found


def test_one_value_that_an_earlier_rule_takes_is_named() -> None:
    source = rule('topic = "billing"', 'queue = "legal"', "Bills")
    source += rule('class = "routine", topic = ["order", "billing"]', 'queue = "triage"', "Sales")
    assert complaints(source + REST) == ["line 7: “billing” never gets here: the rule “Bills” on line 1 takes it."]


@pytest.mark.parametrize(
    ("one", "other", "field"),
    [
        ('urgent = true, confidence = ">=0.5"', 'urgent = true, confidence = "<=0.6"', "confidence"),
        ('confidence = "0.2..0.6"', 'confidence = "0.5..0.9"', "confidence"),
        ('hour = "8-12"', 'hour = "11-14"', "hour"),
        ('hour = "20-2"', 'hour = "1-3"', "hour"),
    ],
)
def test_ranges_of_two_rules_that_partly_overlap_are_named(one: str, other: str, field: str) -> None:
    source = rule(one, 'queue = "triage"', "One") + rule(other, 'queue = "legal"', "Other")
    assert complaints(source + REST) == [f"line 7: The {field} of “Other” overlaps with that of “One” on line 1."]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('confidence = ">=0.8"', 'confidence = ">=0.5"'),
        ('hour = "9-10"', 'hour = "8-12"'),
        ('region = "3511"', 'region = "35"'),
        ('confidence = ">=0.8", urgent = true', 'confidence = "<0.9", urgent = false'),
        ('confidence = "0.2..0.6"', 'confidence = "0.6..0.9"'),
    ],
)
def test_ranges_from_narrow_to_wide_are_how_rules_are_written(one: str, other: str) -> None:
    assert complaints(rule(one, 'queue = "triage"', "One") + rule(other, 'queue = "legal"', "Other") + REST) == []


def test_a_tier_without_a_queue_or_without_a_way_to_it_is_named() -> None:
    fieldless = Surroundings({key: queue for key, queue in QUEUES.items() if queue.tier is not Tier.FIELD})
    only = '[[rule]]\nname = "Everything"\nthen = { queue = "triage" }\n'
    assert complaints(only, fieldless) == ["line 1: There is no queue of our own for the field."]
    assert complaints(only) == ["line 1: No rule leads to a queue of the field."]


def test_front_office_first_needs_a_front_office() -> None:
    backs = Surroundings({key: QUEUES[key] for key in ("back-office", "field")})
    found = complaints('[[rule]]\nname = "All"\nthen = { queue = "field", front_office_first = true }\n', backs)
    assert "line 3: There is no queue in the front office to go to first." in found


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('[[rule]]\nname = """a\nb"""\nthen = { queue = "field" }', "line 2: This name holds a character"),
        ("", "“rule” is missing here."),
        ("[[rule]\n", "line 1: This is no TOML"),
        ('[[rule]]\nname = "a\n', "line 2: This is no TOML"),
        ('{"rule": [}', "line 1: This is no JSON"),
        ('{"rule": [],\n"rule": []}', "“rule” stands twice in the same table."),
        ("rule = []", "line 1: A policy has at least one rule."),
        ("rule = 3", "line 1: “rule” must be a list."),
        ("rule = [3]", "line 1: “rule” must be a table."),
        ('[policy]\nx = 1\n[[rule]]\nname = "a"\nthen = { queue = "field" }', "line 1: There is no field “policy”"),
        ("x = " + "[" * 5000 + "]" * 5000, "line 1: Brackets are nested too deeply here."),
        ('{"rule":' + '{"a":' * 5000 + "1" + "}" * 5001, "line 1: Brackets are nested too deeply here."),
    ],
)
def test_what_is_no_policy_at_all_is_said_in_a_sentence(source: str, said: str) -> None:
    found = complaints(source)
    assert found
    assert found[0].startswith(said), found


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (
            rule('tоpic = "billing"'),
            "line 3: This is no TOML",
        ),  # the field's o is Cyrillic; TOML itself refuses such a key
        (rule('"tоpic" = "billing"'), "line 3: There is no field “t\\u043epic”. Do you mean “topic”?"),
        (rule('topic = "billing"', 'queue = "fiеld"'), "line 4: “fi\\u0435ld” cannot be a queue"),
        (rule("urgent = true", name="Gаs"), "line 2: This name mixes letters"),
        (rule("urgent = true", name="Gas\u200b"), "line 2: This line holds a character that cannot be seen (U+200B"),
        (rule("urgent = true", name="\u202esaG"), "line 2: This line holds a character that cannot be seen (U+202E"),
        (rule("urgent = true", name="Ｇａｓ"), "line 2: This name holds a dressed-up character (U+FF27"),
        ("# all \u2066good\n" + rule("urgent = true"), "line 1: This line holds a character that cannot be seen"),
    ],
)
def test_letters_that_deceive_are_refused_and_shown_by_number(source: str, said: str) -> None:
    found = complaints(source + REST)
    assert found
    assert said.lower() in found[0].lower(), found


def test_two_rules_whose_names_look_alike_are_refused() -> None:
    source = rule("urgent = true", 'queue = "legal"', "Ruhrgas") + rule('channel = "sms"', name="RUHRGAS")
    [said] = complaints(source + REST)
    assert said == "line 6: “RUHRGAS” reads like the name of the rule on line 2; give it another."


def test_names_in_any_one_alphabet_and_with_accents_are_fine() -> None:
    for name in ("Émile – «gaz», 24/7", "Fernwärme: Köln ß", "Счета за газ", "Niet te laat… €"):
        assert complaints(rule("urgent = true", name=name) + REST) == []


def test_lines_are_found_however_the_file_is_laid_out() -> None:
    source = """# first
[[rule]]
name = 'Several "words"'
[rule.when]
topic = [
  "billing",  # a comment with ] and "
  "biling",
]
[rule.then]
queue = "field"

[[rule]]
name = "Dotted"
when.class = "tecnical"
then.queue = "field"
"""
    assert [said.partition(".")[0] for said in complaints(source)] == [
        "line 7: There is no topic “biling”",
        "line 14: There is no class “tecnical”",
    ]


def test_json_has_lines_too() -> None:
    document = {"rule": [{"name": "All", "when": {"topic": ["biling"]}, "then": {"queue": "field"}}]}
    assert complaints(json.dumps(document, indent=1))[0].startswith("line 7: There is no topic “biling”")


@given(st.text(max_size=200))
def test_any_text_is_answered_with_sentences(text: str) -> None:
    found = checked(text)
    assert found.policy is not None or found.findings
    assert all(str(finding) for finding in found.findings)


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["rule", "when", "then", "x"]), inner),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["rule", "segment", "x"]), plain))
def test_any_json_is_answered_with_sentences(document: dict[str, Any]) -> None:
    found = checked(json.dumps(document))
    assert found.findings
    assert all(str(finding) for finding in found.findings)


@given(rules, st.lists(any_facts, min_size=1, max_size=30))
def test_nothing_that_is_called_unreachable_is_ever_reached(
    given_rules: list[dict[str, Any]], facts: list[Facts]
) -> None:
    document = policy(*given_rules, {"then": {"queue": "triage"}}).document
    source = json.dumps(document.as_stored(), indent=1)
    hidden = {
        str(finding.values["rule"])
        for finding in checked(source).findings
        if finding.sentence.startswith("Nothing gets")
    }
    assume(hidden)
    for each in facts:
        first = next(rule for rule in document.rule if holds(rule.when, each))
        assert first.name not in hidden


def test_ten_thousand_rules_are_checked_and_decided() -> None:
    given_rules = [
        {"name": f"rule {n}", "when": {"region": f"{n:05d}", "topic": "billing"}, "then": {"queue": "legal"}}
        for n in range(10_000)
    ]
    given_rules += [
        {"name": "technical", "when": {"class": "technical"}, "then": {"queue": "field"}},
        {"name": "rest", "then": {"queue": "triage"}},
    ]
    source = json.dumps({"rule": given_rules}, indent=1)
    assert complaints(source) == []
    again = given_rules[500] | {"name": "again"}
    found = complaints(json.dumps({"rule": [*given_rules[:-1], again, given_rules[-1]]}, indent=1))
    assert len(found) == 1
    assert "“rule 500”" in found[0]


@pytest.mark.parametrize("language", Language)
def test_what_is_wrong_is_said_in_four_languages(language: Language) -> None:
    [finding] = checked(rule('topic = "biling"') + REST).findings
    said = {
        Language.NL: "Er is geen onderwerp “biling”. Bedoel je “billing”?",
        Language.EN: "There is no topic “biling”. Do you mean “billing”?",
        Language.FR: "Il n’y a pas de thème « biling ». Vouliez-vous dire « billing » ?",
        Language.DE: "„biling“ gibt es nicht als Thema. Meinst du „billing“?",
    }
    assert finding.said(words("routing", language)) == said[language]


def test_every_place_of_a_document_has_a_line() -> None:
    lines = lines_of(default_source(), is_json=False)
    assert lines["rule", 0, "when", "class"] == lines["rule", 0, "when"] == lines["rule", 0, "name"] + 1
    assert lines["rule", 3] == len(default_source().splitlines()) - 2


def test_skills_are_not_checked_where_nobody_keeps_a_list_of_them() -> None:
    source = rule("urgent = true", 'queue = "field", skills = ["juggling"]') + REST
    assert complaints(source, replace(AROUND, skills=None)) == []

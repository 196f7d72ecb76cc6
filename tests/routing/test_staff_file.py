"""Lists of staff as spreadsheets save them, and as people break them."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import BadInput
from common.vocabulary import Language, Role
from routing.beginnings import DEMO
from routing.person import Person
from routing.staff_file import MOST_LINES, read_sheet, write_sheet
from routing.weeks import read_week

DUTCH = """sep=;
Gebruikersnaam;Naam;Rol;Team;Vaardigheden;Talen;Kosten per minuut;Capaciteit;Uren;Vertrouwelijk
zoe;Zoë de Boer;medewerker;front-office;billing:2, debts:1;nl, fr;€ 0,85;7,5;ma-vr 9-17;ja
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_what_a_dutch_excel_writes_is_understood(encoding: str) -> None:
    sheet = read_sheet(DUTCH.replace("\n", "\r\n").encode(encoding))

    [line] = sheet.lines
    assert sheet.wrong == ()
    assert line.number == 3
    assert line.given == {
        "username": "zoe",
        "name": "Zoë de Boer",
        "role": Role.AGENT,
        "team_id": "front-office",
        "skills": {"billing": 2, "debts": 1},
        "languages": (Language.NL, Language.FR),
        "cost_per_minute": Decimal("0.85"),
        "capacity": 7.5,
        "week": read_week("mo-fr 9-17"),
        "has_clearance": True,
    }


def test_commas_and_tabs_are_understood_too() -> None:
    for delimiter in ",\t":
        content = DUTCH.split("\n", 1)[1].replace(", ", "|").replace(",", ".").replace(";", delimiter).encode()
        assert read_sheet(content).lines[0].given["skills"] == {"billing": 2, "debts": 1}


@pytest.mark.parametrize(
    ("column", "cell", "sentence"),
    [
        ("role", "boss", "There is no role 'boss'; there are agent, technician, partner, lead and admin."),
        ("capacity", "veel", "'veel' is no number of units."),
        ("capacity", "1e9", "'1e9' is no number of units."),
        ("cost per minute", "NaN", "'NaN' is no amount; write euro a minute, as in 0,85."),
        ("skills", "gas", "Write skills with their level, as in “gas:3, heating:1”; this is 'gas'."),
        ("languages", "nl, es", "There is no language 'es'; there are nl, en, fr and de."),
        ("clearance", "perhaps", "Write yes or no, not 'perhaps'."),
        (
            "hours",
            "mo 8 to 5",
            "Write hours as in “mo-fr 08:30-12:30 13:00-17:00; sa 9-13”; '8' is not understood.",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_column(column: str, cell: str, sentence: str) -> None:
    sheet = read_sheet(f"username;{column}\nels;\n\nzoe;{cell}\n".encode())
    assert [str(wrong) for wrong in sheet.wrong] == [f"line 4, {column}: {sentence}"]


def test_lines_are_counted_as_they_stand_in_the_file() -> None:
    sheet = read_sheet(b'username;name;role\nels;"Els\nde Wit";agent\nzoe;Zo;boss\n;Nobody;agent\n')
    assert [(line.number, line.given.get("username")) for line in sheet.lines] == [(2, "els"), (4, "zoe"), (5, None)]
    assert [(wrong.line, wrong.column) for wrong in sheet.wrong] == [(4, "role"), (5, "username")]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The first line must name the columns"),
        (b"name;role\nEls;agent\n", "one must be username"),
        (b"username;salary\nels;1\n", "There is no column 'salary'; there are username,"),
        (b"username;rol;role\nels;agent;agent\n", "The column 'rol' is there twice."),
        (b"username\n\n\n", "There is nobody in this list"),
        (b"username\n" + b"els\n" * (MOST_LINES + 1), "too long"),
        (b"x" * 1_000_000, "too large"),
        (b"username\nels\x00\n", "no text file"),
        (b'username;name\nels;"' + b"x" * 200_000 + b'"\n', "Line 2 cannot be read"),
    ],
)
def test_what_is_no_list_is_refused(content: bytes, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        read_sheet(content)


def test_everybody_can_be_written_and_read_again() -> None:
    sheet = read_sheet(write_sheet(person.tidy() for person in DEMO).encode())
    assert sheet.wrong == ()
    read = [Person(**{"team_id": None, **line.given}) for line in sheet.lines]
    assert [person.document() for person in read] == [person.document() for person in DEMO]


def test_no_cell_is_taken_for_a_formula() -> None:
    person = Person("els", "=HYPERLINK(1)", Role.AGENT, "front-office")
    content = write_sheet([person])
    assert ";'=HYPERLINK(1);" in content
    assert read_sheet(content.encode()).lines[0].given["name"] == "=HYPERLINK(1)"


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for tried in (content, b"username;skills;hours\n" + content):
        with suppress(BadInput):
            assert read_sheet(tried).lines

"""One menu for all pages of the staff: everybody finds what they may open, and sees where they are."""

from common.menu import CARE, WORK, menu
from common.vocabulary import Language, Role


def test_a_partner_finds_the_desk_and_nothing_to_look_after() -> None:
    found = menu(Role.PARTNER, "/desk", Language.NL)

    assert [link.href for link in found["navigation"]] == ["/desk", "/desk/questions"]
    assert found["care"] == []


def test_an_admin_finds_everything_under_names_in_their_language() -> None:
    found = menu(Role.ADMIN, "/", Language.NL)

    assert [link.href for link in (*found["navigation"], *found["care"])] == [place.address for place in (*WORK, *CARE)]
    assert found["navigation"][0].text == "Balie"
    assert not any(link.is_current for link in (*found["navigation"], *found["care"]))


def test_the_page_one_is_on_is_the_longest_address_that_fits() -> None:
    found = menu(Role.LEAD, "/admin/messages/words/reply", Language.EN)

    assert [link.href for link in (*found["navigation"], *found["care"]) if link.is_current] == [
        "/admin/messages/words"
    ]

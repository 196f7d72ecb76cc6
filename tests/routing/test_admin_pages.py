"""The admin pages about people, in a browser without JavaScript."""

import re
from html import unescape
from itertools import count

import pytest

from browsing import Desk, browser_of
from bureau import Bureau
from common.vocabulary import Language

numbers = count(1)


class Admin(Desk):
    """Somebody at the admin pages: forms are sent as they stand on the page, with some fields changed."""

    async def send(self, action: str, **fields: str) -> str:
        """Send the form with this action as it stands, but for these fields; one changed to nothing is left out."""
        [form, *_] = re.findall(rf'<form[^>]*action="{re.escape(action)}"[^>]*>(.*?)</form>', self.page.text, re.DOTALL)
        sent = {n: v for n, v in {**filled(form), **fields}.items() if v}
        self.page = await self.browser.post(action, data=sent, follow_redirects=True)
        return self.page.text


def filled(form: str) -> dict[str, str]:
    """What a browser sends of a form as it stands."""
    fields = {}
    for tag in re.findall(r"<input[^>]*>", form):
        given = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if "name" in given and (given["type"] != "checkbox" or " checked" in tag if "type" in given else True):
            fields[given["name"]] = unescape(given.get("value", ""))
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        values = re.findall(r'<option value="([^"]*)"( selected)?', options)
        fields[name] = next((value for value, chosen in values if chosen), values[0][0])
    return fields


async def at(bureau: Bureau, username: str) -> Admin:
    return Admin(await browser_of(bureau, username))


@pytest.fixture
async def admin(bureau: Bureau) -> Admin:
    return await at(bureau, "admin")


async def hired(admin: Admin, **fields: str) -> str:
    """The address of somebody new."""
    await admin.open("/admin/staff/new")
    given = {"username": f"page{next(numbers)}", "name": "Nina Nieuw", "team_id": "field", "role": "technician"}
    await admin.send("/admin/staff/new", **given, **fields)
    assert admin.page.url.params.get("done") == "hired", admin.page.text
    return admin.page.url.path


async def test_the_list_shows_everybody_by_team(admin: Admin) -> None:
    page = await admin.open("/admin/staff")
    for name in ("Fatima de Wit", "Bram Visser", "Pieter Mol", "Karin Smit"):
        assert name in page


async def test_somebody_new_has_what_was_filled_in(bureau: Bureau, admin: Admin) -> None:
    path = await hired(
        admin,
        **{"skill:gas": "3", "speaks:fr": "yes", "hours:0": "8-12 13:00-17:00", "capacity": "7,5"},
        cost_per_minute="1,15",
    )
    page = await admin.open(path)

    assert filled(page) | {
        "skill:gas": "3",
        "speaks:fr": "yes",
        "hours:0": "08:00-12:00 13:00-17:00",
        "capacity": "7,5",
        "cost_per_minute": "1,15",
    } == filled(page)
    assert await bureau.scalar("SELECT actor_name FROM audit WHERE act = 'hire' ORDER BY audit_id DESC") == "Karin Smit"


async def test_saving_first_shows_what_changes_and_then_changes_it(bureau: Bureau, admin: Admin) -> None:
    path = await hired(admin)
    await admin.open(path)

    page = await admin.send(path, capacity="9", **{"skill:gas": "2"})
    assert "Er veranderen 2 dingen" in page
    assert await bureau.scalar("SELECT version FROM agent ORDER BY created_at DESC LIMIT 1") == 1
    await admin.send(path, step="save")

    assert admin.page.url.params["done"] == "saved"
    assert await bureau.scalar("SELECT capacity FROM agent ORDER BY created_at DESC LIMIT 1") == 9


async def test_what_does_not_fit_stays_in_the_form_with_a_sentence(admin: Admin) -> None:
    path = await hired(admin)
    await admin.open(path)
    page = await admin.send(path, capacity="-2", cost_per_minute="veel", name="<b>Els</b>", **{"hours:3": "laat"})

    assert "Capaciteit ligt tussen 0 en 100 eenheden, niet -2." in page
    assert "&#39;veel&#39; is geen bedrag" in page
    assert "&#39;laat&#39; is niet te begrijpen" in page
    assert "&lt;b&gt;Els&lt;/b&gt;" in page
    assert filled(page)["capacity"] == "-2"


async def test_the_history_tells_each_change_and_takes_it_back(admin: Admin) -> None:
    path = await hired(admin)
    await admin.open(path)
    await admin.send(path, capacity="9")
    await admin.send(path, step="save")

    page = await admin.open(path)
    assert re.search(r"Capaciteit</dt><dd><del>6</del> <ins>9</ins>", page)
    await admin.send(f"{path}/undo")

    assert admin.page.url.params["done"] == "undone"
    assert filled(await admin.open(path))["capacity"] == "6"


async def test_two_admins_do_not_overwrite_each_other(bureau: Bureau, admin: Admin) -> None:
    path = await hired(admin)
    other = await at(bureau, "admin")
    await admin.open(path)
    await other.open(path)
    await admin.send(path, capacity="9")
    await admin.send(path, step="save")
    await other.send(path, name="Nina Anders")
    page = await other.send(path, step="save")
    assert "bekijk het eerst opnieuw" in page


async def test_a_first_password_is_shown_once_and_lets_them_in(bureau: Bureau, admin: Admin) -> None:
    path = await hired(admin)
    page = await admin.open(path)
    username = filled(page)["username"]
    found = re.search(r'class="secret">([^<]+)<', await admin.send(f"{path}/password"))
    assert found
    assert await bureau.log_in(username, unescape(found[1]))
    assert 'class="secret"' not in await admin.open(path)


async def test_an_absence_is_planned_in_their_own_time_and_struck_out_again(bureau: Bureau, admin: Admin) -> None:
    path = await hired(admin)
    await admin.open(path)
    page = await admin.send(f"{path}/absences", kind="leave", first="2027-03-27", last="2027-03-28")
    assert "Verlof" in page
    hours = await bureau.scalar("SELECT extract(epoch FROM ends_at - begins_at) / 3600 FROM absence")
    assert hours == 47  # the clocks go forward in that night

    page = await admin.send(f"{path}/absences", kind="leave", first="2027-03-28", last="2027-03-30")
    assert "in een deel van die tijd" in page
    [action] = re.findall(r'action="([^"]+/absences/[^"]+)"', page)
    await admin.send(action)
    assert await bureau.scalar("SELECT count(*) FROM absence") == 0


async def test_a_list_is_shown_before_it_is_true(bureau: Bureau, admin: Admin) -> None:
    username = f"page{next(numbers)}"
    content = f"gebruikersnaam;naam;team;capaciteit\r\n{username};Zoë;field;3,5\r\n".encode("cp1252")
    await admin.open("/admin/import")
    token = filled(admin.page.text)["csrf_token"]
    sent = {"csrf_token": token}
    admin.page = await admin.browser.post("/admin/import", data=sent, files={"file": ("a.csv", content)})
    assert "nieuw: Zoë" in admin.page.text
    assert await bureau.scalar("SELECT count(*) FROM agent WHERE username = :name", name=username) == 0

    form = filled(admin.page.text)
    typed = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", admin.page.text, re.DOTALL)
    assert typed
    sent = {"csrf_token": token, "seen": form["seen"], "content": unescape(typed[1])}
    done = await admin.browser.post("/admin/import", data=sent)

    assert done.headers["location"] == "/admin/staff?done=imported"
    assert await bureau.scalar("SELECT name FROM agent WHERE username = :name", name=username) == "Zoë"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04\x00", b"name\nEls\n", b"username;capacity\nels;-1\n"])
async def test_a_list_that_is_wrong_says_why(admin: Admin, content: bytes) -> None:
    await admin.open("/admin/import")
    data = {"csrf_token": filled(admin.page.text)["csrf_token"]}
    page = await admin.browser.post("/admin/import", data=data, files={"file": ("a.csv", content)})
    assert page.status_code == 200
    assert "banner-bad" in page.text


async def test_a_team_gets_another_lead_and_a_skill_comes_and_goes(bureau: Bureau, admin: Admin) -> None:
    page = await admin.open("/admin/teams")
    karin = re.search(r'<option value="([^"]+)"[^>]*>Karin Smit', page)
    assert karin
    await admin.send("/admin/teams", lead_id=karin[1])
    assert admin.page.url.params["done"] == "saved"
    assert "Karin Smit" in await admin.open("/admin/teams")

    await admin.send("/admin/skills", name="Zonnepanelen", skill_id="solar")
    assert "Zonnepanelen" in await admin.open("/admin/teams")
    assert "Er is al een vaardigheid solar" in await admin.send("/admin/skills", name="Zon", skill_id="solar")
    await admin.open("/admin/teams")
    await admin.send("/admin/skills/drop", skill_id="solar")
    assert await bureau.scalar("SELECT count(*) FROM skill WHERE skill_id = 'solar'") == 0


@pytest.mark.parametrize("username", ["frontoffice", "technician", "partner"])
async def test_for_who_does_not_lead_there_are_no_admin_pages(bureau: Bureau, username: str) -> None:
    who = await at(bureau, username)
    for path in ("/admin/staff", "/admin/staff/new", "/admin/staff/list.csv", "/admin/import", "/admin/teams"):
        await who.open(path)
        assert who.page.status_code == 404, path


async def test_a_lead_looks_and_plans_absences_but_changes_nobody(bureau: Bureau, admin: Admin) -> None:
    path = await hired(admin)
    lead = await at(bureau, "lead")
    page = await lead.open(path)
    assert "<fieldset" in page
    assert " disabled>" in page
    token = filled(page)["csrf_token"]
    for action in (path, "/admin/staff/new", f"{path}/undo", f"{path}/password", "/admin/import", "/admin/skills"):
        refused = await lead.browser.post(action, data={"csrf_token": token})
        assert refused.status_code == 403, action
    await lead.send(f"{path}/absences", kind="training", first="2027-01-04", last="2027-01-04")
    assert await bureau.scalar("SELECT count(*) FROM absence") == 1


async def test_the_list_of_everybody_opens_in_a_spreadsheet_and_reads_in_as_no_change(admin: Admin) -> None:
    await admin.open("/admin/staff/list.csv")
    content = admin.page.content
    assert content.startswith("\ufeffusername;name;".encode())
    await admin.open("/admin/import")
    data = {"csrf_token": filled(admin.page.text)["csrf_token"]}
    page = await admin.browser.post("/admin/import", data=data, files={"file": ("staff.csv", content)})
    assert "De lijst zegt wat al zo is." in page.text


@pytest.mark.parametrize("language", list(Language))
async def test_every_admin_page_is_there_in_four_languages(admin: Admin, language: Language) -> None:
    path = await hired(admin)
    for each in ("/admin/staff", path, "/admin/staff/new", "/admin/import", "/admin/teams"):
        await admin.open(f"{each}?lang={language}")
        assert admin.page.status_code == 200
        assert f'<html lang="{language}"' in admin.page.text

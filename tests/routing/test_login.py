"""Logging in and out."""

import re
from datetime import timedelta

import httpx
import pytest
from pydantic import SecretStr

from bureau import PASSWORD, Bureau
from common.clock import now
from common.events import StaffSessionEnded
from common.settings import Settings
from routing.app import build
from routing.beginnings import ensure_defaults, ensure_demo
from routing.entrance import WRONG_PER_ACCOUNT
from routing.passwords import Passwords
from routing.web.browser import own_address


async def _enter(browser: httpx.AsyncClient, username: str = "frontoffice", password: str = PASSWORD) -> httpx.Response:
    return await browser.post("/login", data={"username": username, "password": password, "next": "/desk"})


def token_in(page: httpx.Response) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found
    return found[1]


async def test_a_session_opens_the_api_and_ends_everywhere_at_once(bureau: Bureau) -> None:
    who = await bureau.log_in("admin")
    assert (await who.get("/api/session")).json()["username"] == "admin"

    ended = await bureau.client.delete("/api/session", headers=who.headers)

    assert ended.status_code == 204
    assert (await who.get("/api/session")).status_code == 401
    [event] = await bureau.events("staff.session_ended")
    assert isinstance(event, StaffSessionEnded)


@pytest.mark.parametrize(("username", "password"), [("admin", "wrong"), ("nobody", PASSWORD), ("' or 1=1 --", "x")])
async def test_a_wrong_name_and_a_wrong_password_look_the_same(bureau: Bureau, username: str, password: str) -> None:
    response = await bureau.client.post("/api/session", json={"username": username, "password": password})
    assert response.status_code == 401
    assert response.json()["detail"] == "This name and password do not belong together."


async def test_after_too_many_wrong_passwords_the_right_one_does_not_help_either(settings: Settings) -> None:
    service = build(settings)
    transport = httpx.ASGITransport(service.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
        statuses = []
        for n in range(WRONG_PER_ACCOUNT.amount + 1):
            body = {"username": "Backoffice2", "password": f"wrong {n}"}
            statuses.append((await client.post("/api/session", json=body)).status_code)
        assert statuses == [401] * WRONG_PER_ACCOUNT.amount + [429]
        right = await client.post("/api/session", json={"username": "backoffice2", "password": PASSWORD})
        assert (right.status_code, right.headers["retry-after"]) == (429, "5")
        other = await client.post("/api/session", json={"username": "backoffice", "password": PASSWORD})
        assert other.status_code == 200
    await service.close()


async def test_an_account_that_was_closed_is_out_at_once(bureau: Bureau) -> None:
    who = await bureau.log_in("backoffice2")
    async with bureau.database.engine.begin() as connection:
        await connection.exec_driver_sql("UPDATE agent SET is_active = false WHERE username = 'backoffice2'")
    status = (await who.get("/api/session")).status_code
    async with bureau.database.engine.begin() as connection:
        await connection.exec_driver_sql("UPDATE agent SET is_active = true WHERE username = 'backoffice2'")
    assert status == 401


async def test_a_browser_is_sent_to_log_in_and_back(bureau: Bureau) -> None:
    async with bureau.browser() as browser:
        sent = await browser.get("/desk/queues/front-office")
        assert sent.headers["location"] == "/login?next=/desk/queues/front-office"
        await browser.get(sent.headers["location"])
        entered = await browser.post(
            "/login", data={"username": "frontoffice", "password": PASSWORD, "next": "/desk/queues/front-office"}
        )
        assert (entered.status_code, entered.headers["location"]) == (303, "/desk/queues/front-office")
        assert "httponly" in entered.headers["set-cookie"].lower()
        assert (await browser.get("/desk/queues/front-office")).status_code == 200


async def test_a_wrong_password_shows_the_page_again_with_the_name_kept(bureau: Bureau) -> None:
    async with bureau.browser() as browser:
        page = await _enter(browser, password="wrong")
        assert page.status_code == 401
        assert 'value="frontoffice"' in page.text
        assert 'role="alert"' in page.text


async def test_logging_out_needs_the_form_token_and_a_form_of_ours(bureau: Bureau) -> None:
    async with bureau.browser() as browser:
        await _enter(browser)
        token = token_in(await browser.get("/desk"))
        assert (await browser.post("/logout")).status_code == 403
        foreign = {"origin": "https://elsewhere.example"}
        assert (await browser.post("/logout", data={"csrf_token": token}, headers=foreign)).status_code == 403
        assert (await browser.post("/logout", data={"csrf_token": token})).headers["location"] == "/login"
        assert (await browser.get("/desk")).status_code == 303


async def test_the_cookie_opens_the_api_and_unsafe_methods_need_the_token_too(bureau: Bureau) -> None:
    async with bureau.browser() as browser:
        await _enter(browser)
        token = token_in(await browser.get("/desk"))
        assert (await browser.get("/api/queues")).status_code == 200
        assert (await browser.post("/api/work/next", json={})).status_code == 403
        headers = {"x-csrf-token": token}
        assert (await browser.post("/api/work/next", json={}, headers=headers)).status_code == 204


async def test_in_the_demo_one_click_is_enough(bureau: Bureau) -> None:
    async with bureau.browser() as browser:
        page = await browser.get("/dev/login")
        agent_id = await bureau.scalar("SELECT agent_id FROM agent WHERE username = 'technician'")
        assert str(agent_id) in page.text
        entered = await browser.post("/dev/login", data={"agent_id": str(agent_id)})
        assert entered.headers["location"] == "/desk"
        assert "Bram Visser" in (await browser.get("/desk")).text


async def test_without_the_demo_there_is_no_such_page_and_nobody_to_be(addresses: dict[str, str]) -> None:
    secret = SecretStr("a production secret of enough length")
    service = build(Settings(demo=False, secret_key=secret, base_url="https://desk.example", **addresses))  # type: ignore[arg-type]
    transport = httpx.ASGITransport(service.app)
    async with httpx.AsyncClient(transport=transport, base_url="https://desk.example") as client:
        assert (await client.get("/dev/login")).status_code == 404
        assert (await client.post("/dev/login", data={})).status_code in {404, 405}
        assert "/dev/login" not in (await client.get("/login")).text
        entered = await client.post("/login", data={"username": "frontoffice", "password": PASSWORD})
        assert entered.headers["set-cookie"].startswith("__Host-session=")
        assert "secure" in entered.headers["set-cookie"].lower()
    await service.close()


async def test_preparing_again_changes_nothing(bureau: Bureau) -> None:
    before = await bureau.scalar("SELECT count(*) FROM agent"), await bureau.scalar("SELECT count(*) FROM queue")
    async with bureau.database.transaction() as session:
        await ensure_defaults(session, now() + timedelta(days=1))
        await ensure_demo(session, Passwords().hashed, now())
    after = await bureau.scalar("SELECT count(*) FROM agent"), await bureau.scalar("SELECT count(*) FROM queue")
    assert after == before


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/desk",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "/desk\\@elsewhere",
        "javascript:x",
    ],
)
def test_nobody_is_sent_elsewhere_after_logging_in(address: str) -> None:
    assert own_address(address) == "/desk"

"""The desk in a real browser while others work: it stays true, and nothing that was typed is lost."""

from uuid import UUID

from playwright.async_api import Page, expect

from bureau import PASSWORD, Bureau, Colleague, submitted
from chromium import chromium, served

WAIT_MS = 20_000


async def at_the_desk(page: Page, address: str) -> None:
    await page.goto(f"{address}/login")
    await page.fill("[name=username]", "frontoffice")
    await page.fill("[name=password]", PASSWORD)
    await page.click("main button[type=submit]")


async def test_new_words_appear_beside_an_answer_that_is_being_typed(bureau: Bureau, fatima: Colleague) -> None:
    await bureau.accept(submitted())
    ticket = await fatima.take_next()
    async with served(bureau.service.app) as address, chromium() as browser:
        page = await browser.new_page()
        await at_the_desk(page, address)
        await page.goto(f"{address}/desk/tickets/{ticket['id']}")
        await page.fill("#composer-body", "Beste mevrouw Jansen,")

        await bureau.customer_writes(UUID(ticket["id"]), "Het is nu dringend!")
        await bureau.accept(submitted(subject="Er kwam iets bij"))

        await expect(page.locator(".conversation")).to_contain_text("Het is nu dringend!", timeout=WAIT_MS)
        await expect(page.locator("#composer-body")).to_have_value("Beste mevrouw Jansen,")
        await page.locator(".composer button[type=submit]").click()
        await expect(page.locator(".conversation")).to_contain_text("Beste mevrouw Jansen,", timeout=WAIT_MS)


async def test_a_queue_that_is_looked_at_fills_by_itself(bureau: Bureau) -> None:
    async with served(bureau.service.app) as address, chromium() as browser:
        page = await browser.new_page()
        await at_the_desk(page, address)
        await page.goto(f"{address}/desk/queues/front-office")
        await bureau.accept(submitted(subject="Er kwam iets bij"))
        await expect(page.locator(".pane-list")).to_contain_text("Er kwam iets bij", timeout=WAIT_MS)

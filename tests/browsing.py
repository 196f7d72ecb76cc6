"""A browser without JavaScript: links are followed, and forms are sent as they stand on the page."""

import re

import httpx

from bureau import PASSWORD, Bureau


class Desk:
    """Somebody's desk in a browser."""

    def __init__(self, browser: httpx.AsyncClient) -> None:
        self.browser = browser
        self.page = httpx.Response(200)

    async def open(self, path: str) -> str:
        self.page = await self.browser.get(path, follow_redirects=True)
        return self.page.text

    async def send(self, action: str, **fields: str) -> str:
        """Send a form of the page on screen; its token and version come along by themselves."""
        hidden = dict(re.findall(r'<input type="hidden" name="(csrf_token|version)" value="([^"]*)"', self.page.text))
        self.page = await self.browser.post(action, data=hidden | fields, follow_redirects=True)
        return self.page.text

    async def act(self, act: str, **fields: str) -> str:
        """Do this to the ticket on screen."""
        return await self.send(self.page.url.path, act=act, **fields)


async def browser_of(bureau: Bureau, username: str) -> httpx.AsyncClient:
    """A browser in which this member of staff is logged in."""
    browser = bureau.browser()
    await browser.post("/login", data={"username": username, "password": PASSWORD})
    return browser

"""The style guide: every component of the pages with made-up content, to be looked at."""

import re
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from typing import Literal

from starlette.requests import Request
from starlette.responses import HTMLResponse

from common.pages import Link, Pages
from common.vocabulary import HandlingClass

ICONS = re.findall('symbol id="([^"]+)"', (files("common") / "static" / "icons.svg").read_text("utf-8"))


@dataclass(frozen=True)
class Sample:
    """A file that somebody sent."""

    name: str = "plafond van de keuken.jpg"
    size_bytes: int = 2_345_678
    href: str = "#file"


def show(pages: Pages, request: Request, shell: Literal["customer", "staff"] = "customer") -> HTMLResponse:
    """The components in the shell of customers, or the panes of the desk."""
    context = {"hour": timedelta(hours=1), "classes": list(HandlingClass), "files": [Sample()], "icons": ICONS}
    if shell == "customer":
        return pages.render(request, "styleguide.html", context)
    links = ["Mijn werk", "Wachtrijen", "Bord", "Beheer", "Inzicht"]
    navigation = [Link(text, f"#{text}", is_current=text == links[0]) for text in links]
    staff = {"viewer_name": "Piet de Boer", "csrf_token": "token", "navigation": navigation}
    return pages.render(request, "styleguide_desk.html", {**context, **staff})

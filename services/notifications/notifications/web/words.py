"""The pages of words: every template, its editor with a preview, its history."""

from datetime import UTC, datetime, timedelta
from html import escape
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse

from common import clock
from common.db import Reading, Transaction
from common.errors import BadInput
from common.texts import words
from common.texts.spoken import Spoken
from common.vocabulary import Channel, Language
from notifications import versions
from notifications.blocks import as_text
from notifications.grammar import NAMES, BadTemplate, TooLong
from notifications.notices import NoticeKind
from notifications.versions import Change, key_for
from notifications.web.staff import Administering, OwnForm, Visitor, one, see, show
from notifications.wording import AROUND, FOLDERS, Key, Templates, original

# What a preview shows is foreign to every page here: no scripts, nothing from elsewhere.
PREVIEW = {
    "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}
SAID = {
    Language.NL: "Goedemiddag,\n\nDe monteur komt morgen. U hoeft niet thuis te blijven.",
    Language.EN: "Good afternoon,\n\nThe technician comes tomorrow. You do not have to stay at home.",
    Language.FR: "Bonjour,\n\nLe technicien passe demain. Vous n’êtes pas obligé de rester chez vous.",
    Language.DE: "Guten Tag,\n\nder Techniker kommt morgen. Sie müssen nicht zu Hause bleiben.",
}
CAUSE = {
    Language.NL: "Er is een waterstoring in de Dorpsstraat. Om 17:00 hoort u meer.",
    Language.EN: "There is a water outage in Dorpsstraat. You will hear more at 17:00.",
    Language.FR: "Il y a une coupure d’eau dans la Dorpsstraat. Vous en saurez plus à 17 h.",
    Language.DE: "In der Dorpsstraat ist das Wasser ausgefallen. Um 17 Uhr hören Sie mehr.",
}

PAGE = "/admin/messages/words"

router = APIRouter(prefix=PAGE, include_in_schema=False)


def _templates(request: Request) -> Templates:
    templates: Templates = request.app.state.templates
    return templates


Using = Annotated[Templates, Depends(_templates)]


@router.get("")
async def listed(request: Request, session: Reading, staff: Visitor) -> Response:
    """Every template, and which were changed."""
    changed = set(await versions.changed(session))
    names = {channel: [*map(str, NoticeKind), *AROUND.get(channel, ())] for channel in FOLDERS}
    context = {"names": names, "changed": changed, "key": Key, "languages": list(Language)}
    return show(request, staff, "words.html", context)


@router.get("/{template}")
async def opened(request: Request, session: Reading, staff: Visitor, template: str) -> Response:
    """One template: its words, how they look, and what they were."""
    key = key_for(template)
    version, source = await versions.current(session, key)
    history = await versions.history(session, key)
    context = {
        "key": key,
        "version": version,
        "source": source,
        "history": history,
        "values": sorted(NAMES),
        "is_original": source == original(key),
        "here": f"{PAGE}/{template}",
    }
    return show(request, staff, "words_open.html", context)


@router.post("/{template}")
async def save(session: Transaction, staff: Administering, form: OwnForm, template: str) -> Response:
    """Use these words from now on."""
    change = _change(key_for(template), form, staff.username)
    await versions.save(session, change, one(form, "source") + "\n")
    return see(f"{PAGE}/{template}?done=saved")


@router.post("/{template}/back")
async def take_back(session: Transaction, staff: Administering, form: OwnForm, template: str) -> Response:
    """Use the words of an earlier version."""
    version = one(form, "version")
    if not version.isascii() or not version.isdigit():
        raise BadInput("There is no such version.")
    await versions.take_back(session, _change(key_for(template), form, staff.username), int(version))
    return see(f"{PAGE}/{template}?done=taken_back")


@router.get("/{template}/preview")
async def preview(request: Request, templates: Using, _staff: Visitor, template: str) -> Response:
    """How the words look that are in use."""
    return _shown(request, templates, key_for(template), None)


@router.post("/{template}/preview")
async def try_out(request: Request, templates: Using, _staff: Visitor, form: OwnForm, template: str) -> Response:
    """How these words would look."""
    return _shown(request, templates, key_for(template), one(form, "source"))


def _change(key: Key, form: OwnForm, by: str) -> Change:
    seen = one(form, "seen")
    return Change(key, int(seen) if seen.isascii() and seen.isdigit() else 0, by, clock.now())


def _shown(request: Request, templates: Templates, key: Key, trial: str | None) -> Response:
    try:
        return HTMLResponse(_drawn(request, templates, key, trial), headers=PREVIEW)
    except (BadTemplate, TooLong) as error:
        return HTMLResponse(plain(str(error)), headers=PREVIEW)


def _drawn(request: Request, templates: Templates, key: Key, trial: str | None) -> str:
    values, said = example(request, key.language), SAID[key.language]
    if key.name in AROUND.get(key.channel, ()):
        tried = templates.around(key.language, key.name, values, trial)
        return plain(tried)
    kind = NoticeKind(key.name)
    if key.channel is Channel.EMAIL:
        return templates.letter(kind, key.language, values, said, trial).html
    if key.channel is Channel.LETTER:
        return plain(as_text(templates.paper(kind, key.language, values, said, trial)))
    return plain("\n".join(templates.short(key.channel, kind, key.language, values, said, trial)))


def plain(text: str) -> str:
    """The text as a page of its own."""
    style = "margin:16px;font:15px/1.5 sans-serif;white-space:pre-wrap;overflow-wrap:anywhere"
    return f'<!doctype html><meta charset="utf-8"><title>-</title><p style="{style}">{escape(text)}</p>'


def example(request: Request, language: Language) -> dict[str, str]:
    """Values of a ticket that does not exist, on a Wednesday morning."""
    at = datetime(2026, 11, 25, 9, tzinfo=UTC)
    spoken = Spoken(words("common", language), request.app.state.zone, lambda: at)
    url = f"{request.app.state.base_url}/t/L7K3M9QX2C?key=…"
    return {
        "brand": request.app.state.brand.name,
        "reference": "L-7K3M9-QX2C5",
        "status_url": url,
        "feedback_url": url,
        "preferences_url": f"{request.app.state.base_url}/preferences/…",
        "answer_by": spoken.before(at + timedelta(hours=7)),
        "solve_by": spoken.before(at + timedelta(days=2)),
        "until": spoken.before(at + timedelta(days=1)),
        "incident": CAUSE[language],
        "agent_name": "Fatima",
        "split_from": "",
        "has_words": "yes",
    }

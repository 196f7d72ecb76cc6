"""The staff's one menu, whichever service shows the page: where everybody works, and what leads look after."""

from typing import NamedTuple

from common.pages import Link
from common.texts import mark, words
from common.vocabulary import Language, Role

_LEADING = frozenset({Role.LEAD, Role.ADMIN})
_OWN = frozenset(Role) - {Role.PARTNER}


class Place(NamedTuple):
    """A page that stands in the menu, and for whom."""

    name: str
    address: str
    roles: frozenset[Role]


WORK = (
    Place(mark("Desk"), "/desk", frozenset(Role)),
    Place(mark("Questions"), "/desk/questions", frozenset(Role)),
    Place(mark("Mail that waits"), "/mail", _OWN),
    Place(mark("Notices"), "/admin/messages", _OWN),
)
CARE = (
    Place(mark("Promises"), "/insight/promises", _LEADING),
    Place(mark("Front office"), "/insight/filter", _LEADING),
    Place(mark("Policy"), "/admin/policy", _LEADING),
    Place(mark("Queues"), "/admin/queues", _LEADING),
    Place(mark("Calendars"), "/admin/calendars", _LEADING),
    Place(mark("Staff"), "/admin/staff", _LEADING),
    Place(mark("Classification"), "/admin/model", _LEADING),
    Place(mark("Words"), "/admin/messages/words", _OWN),
    Place(mark("Incidents"), "/admin/incidents", _LEADING),
    Place(mark("News to many"), "/admin/messages/news", _LEADING),
    Place(mark("Other programs"), "/admin/messages/calls", frozenset({Role.ADMIN})),
)


def menu(role: Role, path: str, language: Language) -> dict[str, list[Link]]:
    """What this role may open: `navigation` stands side by side, `care` behind one button.

    The page at this path is marked: that with the longest address that begins it.
    """
    said = words("common", language)
    here = max((place.address for place in (*WORK, *CARE) if path.startswith(place.address)), key=len, default="")

    def links(places: tuple[Place, ...]) -> list[Link]:
        return [
            Link(said.gettext(place.name), place.address, is_current=place.address == here)
            for place in places
            if role in place.roles
        ]

    return {"navigation": links(WORK), "care": links(CARE)}

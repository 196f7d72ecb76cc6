"""Public holidays of the countries Loket is used in: what a calendar's list of closed days begins with."""

from collections.abc import Mapping
from datetime import date
from functools import cache

import holidays

REGIONS: Mapping[str, tuple[str, ...]] = {  # the first of each country is the country as a whole
    "NL": ("",),
    "BE": ("", "VLG", "WAL", "BRU", "DG"),
    "DE": (
        "",
        *sorted(["BB", "BE", "BW", "BY", "HB", "HE", "HH", "MV", "NI", "NW", "RP", "SH", "SL", "SN", "ST", "TH"]),
    ),
    "FR": ("", "57", "971", "972", "973", "974", "976"),
    "LU": ("",),
}
# Public in the law's list, but offices are open: in the Netherlands that is for each employer to say.
NOT_KEPT = {"NL": ("Good Friday",)}
# Belgium's regions and communities keep a day of their own, which the library does not know.
OF_BELGIUM = {
    "VLG": (7, 11, "Feest van de Vlaamse Gemeenschap"),
    "WAL": (9, 27, "Fête de la Communauté française"),
    "BRU": (5, 8, "Fête de l'Iris / Irisfeest"),
    "DG": (11, 15, "Tag der Deutschsprachigen Gemeinschaft"),
}
_SPOKEN = {"NL": "nl", "BE": "nl", "DE": "de", "FR": "fr", "LU": "fr"}
_SPOKEN_IN_BELGIUM = {"WAL": "fr", "BRU": "fr", "DG": "de"}


def is_known(country: str, region: str) -> bool:
    """Whether there is a list of holidays for this country and region; "" is the country as a whole."""
    return region in REGIONS.get(country, ())


@cache
def public_holidays(country: str, region: str, year: int) -> Mapping[date, str]:
    """The days on which offices are closed, in order, as people there call them."""
    subdivision = region if region and country != "BE" else None
    language = _SPOKEN_IN_BELGIUM.get(region) or _SPOKEN[country]
    told = {
        spoken: holidays.country_holidays(country, subdiv=subdivision, years=year, language=spoken)
        for spoken in (language, "en_US")
    }
    found = {
        day: told[language][day]
        for day, name in told["en_US"].items()
        if day.year == year and name not in NOT_KEPT.get(country, ())
    }
    if country == "BE" and region:
        month, number, name = OF_BELGIUM[region]
        found.setdefault(date(year, month, number), name)
    return dict(sorted(found.items()))

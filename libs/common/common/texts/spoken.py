"""Days, hours, spans and amounts as people say them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from babel.core import Locale
from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, format_percent

from common.texts import Words
from common.vocabulary import Language

LOCALES = {
    Language.NL: Locale("nl", "NL"),
    Language.EN: Locale("en", "GB"),
    Language.FR: Locale("fr", "FR"),
    Language.DE: Locale("de", "DE"),
}
DAY_PATTERNS = {
    Language.NL: "EEEE d MMMM",
    Language.EN: "EEEE d MMMM",
    Language.FR: "EEEE d MMMM",
    Language.DE: "EEEE, d. MMMM",
}
HOUR_PATTERNS = {  # a whole hour, any other time
    Language.NL: ("H:mm", "H:mm"),
    Language.EN: ("HH:mm", "HH:mm"),
    Language.FR: ("H\N{NO-BREAK SPACE}'h'", "H\N{NO-BREAK SPACE}'h'\N{NO-BREAK SPACE}mm"),
    Language.DE: ("H\N{NO-BREAK SPACE}'Uhr'", "H:mm\N{NO-BREAK SPACE}'Uhr'"),
}
MINUTE, HOUR, DAY, WEEK = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
MEGABYTE = 1_000_000  # bytes, as shops and file managers count them

Pace = Literal["on-time", "at-risk", "late"]


@dataclass(frozen=True)
class Spoken:
    """Says times and amounts in one language, as someone in `zone` would say them at `clock()`."""

    words: Words  # those of the package common
    zone: ZoneInfo
    clock: Callable[[], datetime]

    @property
    def locale(self) -> Locale:
        """How numbers and dates are written in this language."""
        return LOCALES[self.words.language]

    def day(self, moment: datetime | date) -> str:
        """The day: "today", "tomorrow", "yesterday" or "Tuesday 3 December"; the year only when it is another one."""
        return self._near(moment) or self._date(moment)

    def on_day(self, moment: datetime | date) -> str:
        """The day as it stands in a sentence: "today", "on Tuesday 3 December"."""
        _ = self.words.gettext
        return self._near(moment) or _("on %(date)s", date=self._date(moment))

    def hour(self, moment: datetime) -> str:
        """The time of day in a sentence: "14:05"."""
        local = self._local(moment)
        whole, other = HOUR_PATTERNS[self.words.language]
        return format_time(local.time(), other if local.minute else whole, locale=self.locale)

    def at(self, moment: datetime) -> str:
        """The moment in a sentence: "today at 14:05", "on Tuesday 3 December at 14:05"."""
        _ = self.words.gettext
        return _("%(day)s at %(hour)s", day=self.on_day(moment), hour=self.hour(moment))

    def before(self, moment: datetime) -> str:
        """A promise: "today before 17:00", "on Tuesday 3 December before 12:00"."""
        _ = self.words.gettext
        local = self._local(moment)
        if local.time() == time():
            return _("%(day)s before midnight", day=self.on_day(local - HOUR))
        return _("%(day)s before %(hour)s", day=self.on_day(local), hour=self.hour(local))

    def window(self, start: datetime, end: datetime) -> str:
        """An appointment: "on Tuesday 3 December between 8:00 and 10:00"."""
        _ = self.words.gettext
        day = self.on_day(start)
        return _("%(day)s between %(start)s and %(end)s", day=day, start=self.hour(start), end=self.hour(end))

    def age(self, moment: datetime) -> str:
        """How long ago, short enough for a list: "now", "5 min", "3 h", "2 d"."""
        span = self.clock() - moment
        return self.short(span) if span >= MINUTE else self.words.gettext("now")

    def short(self, span: timedelta) -> str:
        """The span in its largest whole unit, rounded down: "45 min", "3 h", "2 d", "3 wk"."""
        _ = self.words.gettext
        span = abs(span)
        if span < HOUR:
            return _("%(num)s min", num=span // MINUTE)
        if span < 2 * DAY:
            return _("%(num)s h", num=span // HOUR)
        if span < 3 * WEEK:
            return _("%(num)s d", num=span // DAY)
        return _("%(num)s wk", num=span // WEEK)

    def span(self, span: timedelta) -> str:
        """The span in words, in at most two units: "2 hours and 10 minutes"."""
        ngettext = self.words.ngettext
        minutes = round(span / MINUTE)
        days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
        parts = [
            ngettext("%(num)s day", "%(num)s days", days) if days else "",
            ngettext("%(num)s hour", "%(num)s hours", hours) if hours else "",
            ngettext("%(num)s minute", "%(num)s minutes", rest) if rest and not days else "",
        ]
        return self.listing([part for part in parts if part]) or ngettext("%(num)s minute", "%(num)s minutes", 0)

    def left(self, due: datetime) -> str:
        """What a clock says: "2 h left" or "1 h late"."""
        _ = self.words.gettext
        left = due - self.clock()
        return (
            _("%(span)s left", span=self.short(left))
            if left >= timedelta()
            else _("%(span)s late", span=self.short(left))
        )

    def pace(self, due: datetime, warn_at: datetime | None = None) -> Pace:
        """Whether a clock is on time, at risk (from `warn_at`, else from half an hour before it is due) or late."""
        now = self.clock()
        if now > due:
            return "late"
        return "at-risk" if now >= (warn_at or due - 30 * MINUTE) else "on-time"

    def number(self, value: float | Decimal) -> str:
        """The number with this language's marks for thousands and decimals."""
        return format_decimal(value, locale=self.locale)

    def percent(self, share: float | Decimal) -> str:
        """The share of one as a whole percentage: "95%"."""
        return format_percent(share, locale=self.locale)

    def money(self, amount: Decimal | int, currency: str = "EUR") -> str:
        """The amount with its currency: "€12.50"."""
        return format_currency(amount, currency, locale=self.locale)

    def size(self, size_bytes: int) -> str:
        """The size of a file: "340 kB", "2.5 MB"."""
        if size_bytes < MEGABYTE:
            return f"{max(1, round(size_bytes / 1000))}\N{NO-BREAK SPACE}kB"
        return f"{self.number(round(size_bytes / MEGABYTE, 1))}\N{NO-BREAK SPACE}MB"

    def listing(self, items: Sequence[str]) -> str:
        """The items as one phrase: "a, b and c"."""
        return format_list(items, locale=self.locale) if items else ""

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    def _day(self, moment: datetime | date) -> date:
        return self._local(moment).date() if isinstance(moment, datetime) else moment

    def _near(self, moment: datetime | date) -> str:
        _ = self.words.gettext
        away = (self._day(moment) - self._day(self.clock())).days
        return {0: _("today"), 1: _("tomorrow"), -1: _("yesterday")}.get(away, "")

    def _date(self, moment: datetime | date) -> str:
        day = self._day(moment)
        year = " y" if day.year != self._day(self.clock()).year else ""
        pattern = DAY_PATTERNS[self.words.language] + year
        if self.words.language is Language.FR and day.day == 1:
            pattern = pattern.replace("d ", "d'er' ")
        return format_date(day, pattern, locale=self.locale)

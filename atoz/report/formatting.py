"""Days, instants and money as a reader of English or Chinese writes them, by Babel.

>>> from datetime import UTC
>>> format_instant(datetime(2016, 6, 21, 16, tzinfo=UTC), ZoneInfo("America/Los_Angeles"), "en")
'Tue, Jun 21, 2016, 09:00 PDT'
>>> format_money(Money.parse("31.90 USD"), "zh")
'US$31.90'
"""

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from atoz.errors import MissingExtra
from atoz.model.money import Money
from atoz.model.text import Language

try:
    from babel.dates import format_skeleton
    from babel.numbers import format_currency
except ModuleNotFoundError as missing:
    raise MissingExtra("a report", "report") from missing

_AFTER_DAY: dict[Language, str] = {"en": ",", "zh": ""}


@lru_cache(maxsize=4096)
def format_day(day: date, language: Language) -> str:
    """A calendar day with its weekday.

    >>> format_day(date(2016, 6, 21), "zh")
    '2016年6月21日周二'
    """
    return format_skeleton("yMMMEd", datetime(day.year, day.month, day.day), locale=language)  # noqa: DTZ001  (a day has no zone)


def format_instant(at: datetime, zone: ZoneInfo, language: Language, own: ZoneInfo | None = None) -> str:
    """An instant on the wall clock of a zone, which is named; seconds only where there are some.

    With `own`, the reader's zone, it stands behind in brackets on that one's clock.
    """
    return " ".join(instant_parts(at, zone, language, own))


def instant_parts(at: datetime, zone: ZoneInfo, language: Language, own: ZoneInfo | None = None) -> tuple[str, ...]:
    """The same in the parts between which a line may break: a day and the hour with its zone, in each zone."""
    local = at.astimezone(zone)
    clock = local.strftime("%H:%M:%S" if local.second or local.microsecond else "%H:%M")
    parts = (f"{format_day(local.date(), language)}{_AFTER_DAY[language]}", f"{clock} {_zone_name(local)}")
    if own is None:
        return parts
    day, hour = instant_parts(at, own, language)
    return (*parts, f"({day}", f"{hour})")


def _zone_name(local: datetime) -> str:
    """Zones without letters of their own are called by their offset, such as `+04`."""
    name = local.tzname() or ""
    return f"UTC{name}" if name[:1] in "+-" else name


def format_money(money: Money, language: Language) -> str:
    """An amount with its currency; never rounded."""
    return format_currency(money.value, money.currency, locale=language, decimal_quantization=False)

"""Days, instants and money as people write them, in both languages; by Babel."""

from collections.abc import Callable
from datetime import date, datetime
from importlib import import_module
from types import ModuleType
from zoneinfo import ZoneInfo

from atoz.errors import MissingExtra
from atoz.model.language import Text
from atoz.model.money import Money

_LOCALES = {"en": "en", "zh": "zh_Hans"}


def written_day(day: date) -> Text:
    """A calendar day.

    >>> written_day(date(2016, 6, 10)).en, written_day(date(2016, 6, 10)).zh
    ('June 10, 2016', '2016年6月10日')

    Raises:
        MissingExtra: the extra `report` is not installed.
    """
    return _text(lambda locale: _babel("dates").format_date(day, "long", locale=locale))


def written_instant(at: datetime, zone: ZoneInfo) -> Text:
    """An instant at the local time of a zone, to the minute, with its offset.

    >>> from datetime import UTC
    >>> written_instant(datetime(2016, 6, 10, 15, 30, tzinfo=UTC), ZoneInfo("America/Los_Angeles")).en
    'June 10, 2016, 08:30 (UTC-07:00)'

    Raises:
        MissingExtra: the extra `report` is not installed.
    """
    local = at.astimezone(zone)
    clock = (
        _babel("dates").format_datetime(local, "HH:mm (ZZZZZ)", locale="en").replace("(", "(UTC").replace("UTCZ", "UTC")
    )
    day = written_day(local.date())
    return Text(en=f"{day.en}, {clock}", zh=f"{day.zh} {clock}")


def written_money(money: Money) -> Text:
    """An amount with its currency code, so that no dollar is taken for another.

    >>> written_money(Money.parse("1031.90 USD")).en
    'USD 1,031.90'

    Raises:
        MissingExtra: the extra `report` is not installed.
    """
    return _text(
        lambda locale: _babel("numbers").format_currency(money.value, money.currency, "¤¤ #,##0.00", locale=locale)
    )


def _text(write: Callable[[str], object]) -> Text:
    return Text(en=str(write(_LOCALES["en"])), zh=str(write(_LOCALES["zh"])))


def _babel(part: str) -> ModuleType:
    try:
        return import_module(f"babel.{part}")
    except ImportError as error:
        raise MissingExtra("a report", "report") from error

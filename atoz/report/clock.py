"""Instants as text: on the marketplace's wall clock, and beside it on the reader's own.

>>> from datetime import UTC
>>> clock = Clock(ZoneInfo("America/Los_Angeles"), ZoneInfo("Asia/Shanghai"))
>>> clock.at(datetime(2016, 6, 22, 16, tzinfo=UTC))
'2016-06-22 09:00 PDT (2016-06-23 00:00 CST)'
>>> clock.text("Answer by 2016-06-22 09:00 PDT.")
'Answer by 2016-06-22 09:00 PDT (2016-06-23 00:00 CST).'
"""

import re
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from atoz.rulebook.explanation import shown

_INSTANT = re.compile(r"\b(\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?) ([A-Z]{3,5}|[+-]\d{2,4})(?![\w:])")


class Clock(NamedTuple):
    """The wall clock of a marketplace, and that of the reader if it is another."""

    zone: ZoneInfo
    own: ZoneInfo | None = None

    def at(self, at: datetime) -> str:
        """An instant on both clocks, the marketplace's first."""
        home = shown(at.astimezone(self.zone))
        return home if self.own is None else f"{home} ({shown(at.astimezone(self.own))})"

    def text(self, words: str) -> str:
        """Words in which instants stand already on the marketplace's clock: the reader's is put behind each."""
        return words if self.own is None else _INSTANT.sub(self._both, words)

    def _both(self, match: re.Match[str]) -> str:
        try:
            written = datetime.fromisoformat(match[1])
        except ValueError:  # no day that exists: somebody's own words
            return match[0]
        for fold in (0, 1):  # of an hour that comes twice, the zone's short name tells which one is meant
            at = written.replace(tzinfo=self.zone, fold=fold)
            if at.tzname() == match[2]:
                return self.at(at)
        return match[0]


def minute_after(at: datetime) -> datetime:
    """The first whole minute that does not lie before an instant: what changes at one has changed by then.

    A plan that changes a moment after a due instant is to be looked at again a minute later, not at that instant.

    >>> from datetime import UTC
    >>> minute_after(datetime(2016, 6, 22, 16, 0, 0, 1, tzinfo=UTC)).isoformat()
    '2016-06-22T16:01:00+00:00'
    """
    minute = at.replace(second=0, microsecond=0)
    return at if at == minute else minute + timedelta(minutes=1)

"""Time zones as arrays: what a zone's clock shows for many instants at once, from the zones that the scalar code uses.

A zone is two tables by day: the offset at the day's start, the second at which it changes, and the offset after that.
One table is looked up by instants in UTC, the other by local times, where a time that is skipped is read with the
offset before the change and one that is repeated as the first.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Literal, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from atoz.frames.date_offsets import DAY, END, EPOCH, FIRST, SECOND
from atoz.frames.marketplaces import UNKNOWN, zone_names

Int64s: TypeAlias = NDArray[np.int64]
Codes: TypeAlias = NDArray[np.int8]
Bools: TypeAlias = NDArray[np.bool_]

_TABLE_FIRST, _TABLE_END = FIRST - 366, END + 366
_TABLE_DAYS = _TABLE_END - _TABLE_FIRST
_BLOCK = 1 << 16
"""Rows at a time, so that the work stays in the processor's cache."""
LookedUpBy = Literal["instants", "local"]
"""Whether a table is looked up by instants in UTC or by local times."""


class Offsets(NamedTuple):
    """Offsets in seconds, by zone and day, flattened."""

    before: NDArray[np.int32]
    changes_at: NDArray[np.int32]
    after: NDArray[np.int32]

    def at(self, moment: Int64s, zone: Int64s | int) -> tuple[Int64s, Int64s, Int64s]:
        """For moments in microseconds: their day, the time of day and the offset."""
        day = moment // DAY
        time = moment - day * DAY
        row = day - _TABLE_FIRST + zone * _TABLE_DAYS
        changed = time >= self.changes_at.take(row) * np.int64(SECOND)
        return day, time, np.where(changed, self.after.take(row), self.before.take(row)) * np.int64(SECOND)


@cache
def offsets(zones: tuple[str, ...], by: LookedUpBy) -> Offsets:
    """The offsets of some zones, for instants in UTC or for local times."""
    tables = [_by_day(zone, by) for zone in zones]
    return Offsets(*(np.concatenate(parts).astype(np.int32) for parts in zip(*tables, strict=True)))


def _by_day(zone: str, by: LookedUpBy) -> tuple[Int64s, Int64s, Int64s]:
    instants, values = changes(zone)
    if by == "local":
        instants = instants + np.maximum(values[:-1], values[1:])
    days = np.arange(_TABLE_FIRST, _TABLE_END, dtype=np.int64)
    before = values[np.searchsorted(instants, days * 86_400, side="left")]
    changes_at, after = np.full(len(days), 86_400, np.int64), before.copy()
    row = instants // 86_400 - _TABLE_FIRST
    changes_at[row], after[row] = instants % 86_400, values[1:]
    return before, changes_at, after


@cache
def changes(zone: str) -> tuple[Int64s, Int64s]:
    """Every instant at which the offset changes, and the offsets before, between and after, in seconds."""
    info, step = ZoneInfo(zone), 14 * 86_400  # no zone changes its clock and back within a fortnight
    at, end = (_TABLE_FIRST + 14) * 86_400, (_TABLE_END - 14) * 86_400
    instants, values = list[int](), [_offset(info, at)]
    while at < end:
        if _offset(info, at + step) == values[-1]:
            at += step
            continue
        low, high = at, at + step
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if _offset(info, middle) == values[-1] else (low, middle)
        instants.append(high)
        values.append(_offset(info, high))
        at = high
    return np.array(instants, np.int64), np.array(values, np.int64)


def _offset(info: ZoneInfo, second: int) -> int:
    shown = datetime.fromtimestamp(second, UTC).astimezone(info).utcoffset()
    return int(shown.total_seconds()) if shown is not None else 0  # an aware datetime has one


Tables = Callable[[LookedUpBy], Offsets]
Converted = tuple[Int64s, Bools]
"""Values, and which of them are known."""
Conversion = Callable[[Int64s, Bools, Codes], Converted]
"""From moments in microseconds, which of them are known, and the codes of their zones."""


def local_days(moment: Int64s, known: Bools, codes: Codes) -> Converted:
    """Instants to local days since 1970."""

    def convert(at: Int64s, zone: Int64s | int, tables: Tables) -> Int64s:
        day, time, offset = tables("instants").at(at, zone)
        local = time + offset
        return day + (local >= DAY) - (local < 0)

    return _in_blocks(convert, moment, known, codes)


def from_local(moment: Int64s, known: Bools, codes: Codes) -> Converted:
    """Local times to instants."""
    return _in_blocks(lambda at, zone, tables: at - tables("local").at(at, zone)[2], moment, known, codes)


def days_later(moment: Int64s, known: Bools, codes: Codes, *, days: tuple[int, ...]) -> Converted:
    """Instants to those at the same local time some days later: as many as `days` says by weekday, Monday first."""
    by_weekday = np.array(days, np.int64) * DAY

    def convert(at: Int64s, zone: Int64s | int, tables: Tables) -> Int64s:
        local = at + tables("instants").at(at, zone)[2]
        local += by_weekday[(local // DAY + EPOCH.weekday()) % 7]
        return local - tables("local").at(local, zone)[2]

    return _in_blocks(convert, moment, known, codes)


_BlockConversion = Callable[[Int64s, Int64s | int, Tables], Int64s]


def _in_blocks(convert: _BlockConversion, moment: Int64s, known: Bools, codes: Codes) -> Converted:
    """Conversion block by block, leaving out what is not known or lies outside the years that convert."""
    known = known & (codes > UNKNOWN) & (moment >= FIRST * DAY) & (moment < END * DAY)
    present = np.flatnonzero(np.bincount(codes[known], minlength=len(zone_names())))
    single_zone = len(present) == 1  # the usual case: no table but this zone's is made
    zones: tuple[str, ...] = (zone_names()[int(present[0])],) if single_zone else zone_names()

    def tables(by: LookedUpBy) -> Offsets:
        return offsets(zones, by)

    values = np.zeros(len(moment), np.int64)
    for start in range(0, len(moment) if len(present) else 0, _BLOCK):
        part = slice(start, start + _BLOCK)
        safe = np.where(known[part], moment[part], FIRST * DAY)
        values[part] = convert(safe, 0 if single_zone else np.maximum(codes[part], 0).astype(np.int64), tables)
    return values, known

"""Time zones in SQL: the tables of `timezone_tables` as constants in an expression, for engines that take no arrays.

In a year a zone changes its clocks at a few times at most, and few years differ in more than their dates. So a zone
and a year lead to one of some hundred and fifty rules: an offset, a time of the year, the offset after it, and so on.
Zones whose clocks have always agreed since the first year that counts have one code.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from itertools import chain
from typing import NamedTuple

from atoz.frames.date_offsets import DAY, END, FIRST, SECOND
from atoz.frames.marketplaces import zone_names
from atoz.frames.timezone_tables import LookedUpBy, changes
from atoz.model.instant import FIRST_YEAR, LAST_YEAR
from atoz.model.marketplace import Marketplace

IN_KNOWN_YEARS = f"BETWEEN {FIRST * DAY} AND {END * DAY - 1}"
"""The microseconds since 1970 that count as known."""
_FIRST, _YEARS = FIRST_YEAR - 1, LAST_YEAR - FIRST_YEAR + 3
_NEVER = (400 * 86_400 * SECOND, 0)
"""A change that no time of the year reaches."""


class ZoneRules(NamedTuple):
    """What the clocks of all zones do, for instants in UTC or for local times."""

    rules: tuple[tuple[int, ...], ...]
    """An offset in microseconds, then the times of a year at which it changes, each with the offset after it."""
    rule_of: tuple[int, ...]
    """The place of the rule of each zone code and year."""


@cache
def zone_codes() -> dict[str, int]:
    """A number for every zone; those whose clocks agree have the same."""
    known: dict[tuple[tuple[int, ...], ...], int] = {}
    return {zone: known.setdefault(_shown(zone), len(known)) for zone in zone_names()}


def _shown(zone: str) -> tuple[tuple[int, ...], ...]:
    instants, offsets = changes(zone)
    return tuple(instants.tolist()), tuple(offsets.tolist())


@cache
def zone_rules(by: LookedUpBy) -> ZoneRules:
    """The rules of every zone code and year."""
    places: dict[tuple[tuple[int, int], ...], int] = {}
    rule_of: list[int] = []
    for instants, offsets in dict.fromkeys(map(_shown, zone_codes())):  # in the order of their codes
        pairs = zip(instants, offsets, offsets[1:], strict=False)
        times = [(at + (max(before, after) if by == "local" else 0), after) for at, before, after in pairs]
        for year in range(_FIRST, _FIRST + _YEARS):
            begins, ends = _second(year), _second(year + 1)
            before = [after for at, after in times if at < begins]
            within = [((at - begins) * SECOND, after * SECOND) for at, after in times if begins <= at < ends]
            offset = (before[-1] if before else offsets[0]) * SECOND
            rule_of.append(places.setdefault(((0, offset), *within), len(places)))
    most = max(map(len, places))
    padded = [(*rule, *[_NEVER] * (most - len(rule))) for rule in places]
    return ZoneRules(tuple(tuple(chain.from_iterable(rule))[1:] for rule in padded), tuple(rule_of))


def _second(year: int) -> int:
    return int(datetime(year, 1, 1, tzinfo=UTC).timestamp())


@cache
def code_of(marketplace: str) -> str:
    """The zone code of a column of marketplaces; null where one is unknown.

    A type of all spellings finds each by one look into a table; only what it does not know is trimmed and capitalised.
    """
    spellings = {
        spelling: zone_codes()[market.zone]
        for market in Marketplace.all()
        for spelling in (market.country, market.marketplace_id, *market.also)
    }
    names = ", ".join(f"'{spelling}'" for spelling in spellings)
    kind = f"ENUM({names})"
    text = f"CAST({marketplace} AS VARCHAR)"
    trimmed = f"upper(trim({text}, ' ' || chr(9) || chr(10) || chr(11) || chr(12) || chr(13)))"
    place = f"enum_code(coalesce(TRY_CAST({text} AS {kind}), TRY_CAST({trimmed} AS {kind})))"
    return _item(spellings.values(), f"{place} + 1")


def rule_of(code: str, at: str, by: LookedUpBy) -> str:
    """The place of the rule at a number of microseconds since 1970, in UTC or local, counted from one."""
    place = f"{code} * {_YEARS} + year(make_timestamp({at})) - {_FIRST - 1}"
    return _item((rule + 1 for rule in zone_rules(by).rule_of), place)


def time_of_year(at: str) -> str:
    """The microseconds since the year began."""
    return f"(dayofyear(make_timestamp({at})) - 1) * {DAY} + {at} - {at} // {DAY} * {DAY}"


def offset_of(rule: str, time: str, by: LookedUpBy) -> str:
    """The offset in microseconds by a rule, at a time of the year."""
    first, *others = (_item(values, rule) for values in zip(*zone_rules(by).rules, strict=True))
    cases, offset = "", first
    for changes_at, after in zip(others[::2], others[1::2], strict=True):
        cases += f" WHEN {time} < {changes_at} THEN {offset}"
        offset = after
    return f"CASE{cases} ELSE {offset} END"


def _item(values: Iterable[int], place: str) -> str:
    """One of some numbers, by its place counted from one; a list in a text is read faster than one of literals."""
    return f"CAST('[{','.join(map(str, values))}]' AS BIGINT[])[{place}]"

"""Deadlines that are safe to go by before an order is known: the earliest that any supported edition gives."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import Field

from atoz.model.instant import Instant
from atoz.model.marketplace import Marketplace
from atoz.model.record import Record
from atoz.rulebook.date_arithmetic import add_to_instant
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.edition import Edition
from atoz.rulebook.parameter import Parameter
from atoz.sources.notices.notice_record import Notice

_STARTED_BY = {
    "filed": DeadlineName.ANSWER_AMAZON,
    "information_requested": DeadlineName.ANSWER_AMAZON,
    "granted_seller_funded": DeadlineName.APPEAL,
}


class SafeClock(Record):
    """By when to act, whatever the order turns out to be."""

    name: DeadlineName = Field(description="What has to be done.")
    act_by: Instant = Field(description="The earliest instant that a supported rule, or the mail itself, gives.")
    edition: str = Field(description="The edition that gives it; `stated` where the mail states it.")


def safe_clocks(notices: Iterable[Notice]) -> tuple[SafeClock, ...]:
    """The earliest deadline of each kind that these notices can have started, soonest first.

    Days are those of the mail's marketplace, or of UTC where it names none.
    """
    earliest: dict[DeadlineName, SafeClock] = {}
    for clock in (clock for notice in notices for clock in _clocks(notice)):
        known = earliest.get(clock.name)
        if known is None or clock.act_by < known.act_by:
            earliest[clock.name] = clock
    return tuple(sorted(earliest.values(), key=lambda clock: clock.act_by))


def _clocks(notice: Notice) -> Iterator[SafeClock]:
    shop = Marketplace.of(notice.marketplace) if notice.marketplace else None
    zone = shop.zoneinfo if shop else ZoneInfo("UTC")
    for event in notice.events():
        name = _STARTED_BY.get(event.kind)
        if name is None:
            continue
        if notice.respond_by is not None and name is DeadlineName.ANSWER_AMAZON:
            yield SafeClock(name=name, act_by=notice.respond_by, edition="stated")
        for edition, rule in _rules(name, notice.marketplace, event.at):
            yield SafeClock(name=name, act_by=add_to_instant(event.at, rule.value, rule.unit, zone), edition=edition)


def _rules(name: DeadlineName, country: str | None, at: datetime) -> Iterator[tuple[str, Parameter]]:
    """The figures that may count: of editions that can be in force there on that day, undated ones included."""
    for edition in Edition.all():
        dated = edition.in_force
        if (country and not edition.fits(country)) or (dated is not None and not dated.covers(at.date())):
            continue
        for rule in edition.parameters:
            if rule.role == "deadline" and rule.name == name.value:
                yield edition.reference, rule

"""Deadlines and due actions as an iCalendar file that a calendar imports, and imports again, without doubling.

>>> from datetime import UTC
>>> from atoz.lifecycle.operations import open_claim
>>> from atoz.model.order import Order
>>> order = Order(order_id="123-1234567-1234567", marketplace="US", placed_at=datetime(2016, 6, 1, 15, tzinfo=UTC))
>>> claim = open_claim(order, reason="not_received", filed_at=datetime(2016, 7, 5, 16, tzinfo=UTC))
>>> calendar([claim], as_of=datetime(2016, 7, 6, 16, tzinfo=UTC)).splitlines()[0]
'BEGIN:VCALENDAR'
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from atoz.errors import MissingExtra, printable
from atoz.model.claim import Claim
from atoz.model.instant import instant_argument
from atoz.model.intervals import interval
from atoz.model.text import Language
from atoz.planner.policy import Policy
from atoz.report.calendar_entries import Appointment, appointments
from atoz.report.phrases import say
from atoz.rulebook.edition import Edition, passed_editions

try:
    from icalendar import Alarm, Calendar, Component, Event
except ModuleNotFoundError as missing:
    raise MissingExtra("a calendar", "report") from missing


def calendar(
    claims: Iterable[Claim],
    *,
    as_of: datetime,
    policy: str | Policy | None = None,
    language: Language = "en",
    editions: Iterable[Edition] = (),
) -> str:
    """An iCalendar file of every deadline and due action of some claims at an aware instant.

    Instants are in UTC, which every calendar shows in its owner's zone. A file made for a later instant supersedes.
    `editions` are those of your own that the claims may name.

    Raises:
        UnknownName: no such policy, or there is no edition of a claim's id.
        EditionMissing: a claim names an edition of your own that was not passed, or whose text has changed.
        InvalidDocument: `as_of` is naive.
        MissingExtra: the extra `report` is not installed.
    """
    now, passed = instant_argument("as_of", as_of), passed_editions(editions)
    chosen = Policy.named(policy) if isinstance(policy, str) else policy
    book = Calendar()
    _put(book, "prodid", "-//atoz//A-to-z Guarantee claims//EN")
    _put(book, "version", "2.0")
    _put(book, "method", "PUBLISH")
    _put(book, "x-wr-calname", say("calendar_name", language))
    for claim in claims:
        for appointment in appointments(claim, now, chosen, language, passed):
            book.add_component(_written(appointment, now))
    written: bytes = book.to_ical()
    return written.decode("utf-8")


def _written(appointment: Appointment, now: datetime) -> Event:
    """The entry as iCalendar has it; the sequence grows with the instant that was asked about."""
    event = Event()
    _put(event, "uid", appointment.uid)
    _put(event, "dtstamp", now)
    _put(event, "sequence", int(now.timestamp()) // 60)
    _put(event, "dtstart", appointment.start)
    if appointment.end:
        _put(event, "dtend", appointment.end)
    _put(event, "summary", appointment.summary)
    _put(event, "description", "\n".join(appointment.lines))
    _put(event, "transp", "TRANSPARENT")
    _put(event, "status", "CONFIRMED" if appointment.live else "CANCELLED")
    for at in sorted(_rings(appointment, now)) if appointment.live and appointment.rings else ():
        alarm = Alarm()
        _put(alarm, "action", "DISPLAY")
        _put(alarm, "description", appointment.summary)
        _put(alarm, "trigger", at - appointment.start)
        event.add_component(alarm)
    return event


def _rings(appointment: Appointment, now: datetime) -> Iterator[datetime]:
    """When an entry rings: as an action begins, and always before it is due, once even where little time is left."""
    due_at, begins = appointment.due_at, appointment.kind == "action"
    if due_at is None:
        yield appointment.start
        return
    lead_times = interval("atoz.report", "alarm_before_deadline"), interval("atoz.report", "alarm_before_end")
    before = [due_at - lead_time for lead_time in lead_times]
    if begins and appointment.start < due_at:
        yield appointment.start
        before = [at for at in before if at > appointment.start]
    yield from before
    halfway = (now + (due_at - now) / 2).replace(microsecond=0)  # the format knows whole seconds
    if now < due_at and not any(at > now for at in before) and halfway < due_at.replace(microsecond=0):
        yield halfway


def _put(part: Component, name: str, value: object) -> None:
    """Add a property, which the library turns into its own type."""
    part.add(name, printable(value) if isinstance(value, str) else value)  # pyright: ignore[reportUnknownMemberType]  (the library leaves its values untyped)

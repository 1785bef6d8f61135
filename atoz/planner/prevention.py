"""Before the claim: what an order asks of the seller, so that no claim comes of it.

>>> from datetime import UTC
>>> order = Order(order_id="123-1234567-1234567", marketplace="US", placed_at=datetime(2026, 6, 1, 15, tzinfo=UTC),
...               deliver_by=date(2026, 6, 10), first_contact_at=datetime(2026, 6, 11, 9, tzinfo=UTC))
>>> print(prevent(order, as_of=datetime(2026, 6, 12, tzinfo=UTC)))
123-1234567-1234567: 1 thing to do now
now: answer_buyer, by 2026-06-13 09:00 UTC
not_received: 2026-06-13 to 2026-09-08 (us-2026)
not_as_described: 2026-06-13 to 2026-09-08 (us-2026)
return_not_refunded: ? to 2026-09-08 (us-2026)
return_refused: 2026-06-13 to 2026-09-08 (us-2026)
extra_charges: ? to 2026-09-08 (us-2026)
look again at 2026-06-13 07:00 UTC
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from operator import attrgetter
from typing import Literal

from pydantic import Field

from atoz.errors import Fault, InvalidDocument
from atoz.model.arguments import check_event, check_order
from atoz.model.citation import Confidence, Source
from atoz.model.claim import impossible_order_facts
from atoz.model.events import AnyEvent, BuyerMessaged, SellerMessaged
from atoz.model.history import ORDER_FACTS
from atoz.model.instant import instant_argument
from atoz.model.labels import NO_LABELS, Labels
from atoz.model.order import Country, Fulfilment, Order
from atoz.model.reason import ClaimReason
from atoz.model.record import Document, Record
from atoz.model.text import Text, fill, phrases
from atoz.rulebook.counted_history import CountedHistory
from atoz.rulebook.deadline_clock import DeadlineName, clock
from atoz.rulebook.deadlines import Deadline, with_readings
from atoz.rulebook.edition import DEFAULT_EDITION, Edition
from atoz.rulebook.edition_selection import editions_in_force
from atoz.rulebook.explanation import shown
from atoz.rulebook.filing_window import FilingWindow, Verdict, filing_window
from atoz.rulebook.readings import Reading, ReadingKind


class PreventiveStep(Record):
    """One thing to do now, before a claim is filed."""

    step: DeadlineName = Field(description="What to do: what the clock waits for.")
    by: datetime = Field(description="By when, by the strictest rule to reckon with.")
    overdue: bool = Field(description="That instant has passed; it is still better done than not.")
    why: Text = Field(description="What to do, and what silence costs.")
    edition: str = Field(description="The edition that sets the instant.")
    kind: ReadingKind = Field(description="Firm, soft, or borrowed from another marketplace.")
    source: Source = Field(description="Where its figure comes from.")
    confidence: Confidence = Field(description="How far that can be trusted.")
    readings: tuple[Reading, ...] = Field(repr=False, description="The same clock by each edition to reckon with.")

    def __str__(self) -> str:
        """One line: what, by when."""
        return f"now: {self.step}, by {_minute(self.by)}{', overdue' if self.overdue else ''}"


class PreventionPlan(Document):
    """What one order asks of the seller at one instant, before any claim."""

    kind: Literal["prevention_plan"] = Field(
        default="prevention_plan", description="Says that this document is a plan for an order without a claim."
    )
    order_id: str = Field(description="The order.")
    marketplace: Country = Field(description="Its marketplace, whose local time is counted.")
    as_of: datetime = Field(description="The instant that was asked about.")
    labels: Labels = Field(default=NO_LABELS, description="The labels of the order.")
    now: tuple[PreventiveStep, ...] = Field(description="What to do now, the most urgent first.")
    clocks: tuple[Deadline, ...] = Field(description="The clocks that run before a claim: messages and returns.")
    windows: tuple[FilingWindow, ...] = Field(
        description="When the buyer may file, by reason and by each edition in force on the order day."
    )
    can_file_from: date | None = Field(
        description="The first local day on which the buyer may file for any reason; none if it is not known."
    )
    can_file_now: Verdict = Field(description="Whether the buyer may file on the local day of `as_of`.")
    closes: date | None = Field(description="The last local day to file for any reason; none if it is not known.")
    in_force: tuple[str, ...] = Field(description="The editions in force in the marketplace on the day of `as_of`.")
    notes: tuple[Text, ...] = Field(description="What else to bear in mind.")
    act_by: datetime | None = Field(description="The earliest instant by which any rule wants the seller to act.")
    look_again_at: datetime | None = Field(description="When the plan may change; none once nothing lies ahead.")

    def __str__(self) -> str:
        """What to do now, then when the buyer may file for each reason."""
        count = len(self.now)
        head = f"{self.order_id}: {count or 'no'} thing{'' if count == 1 else 's'} to do now"
        spans = [f"{row.reason}: {row.opens or '?'} to {row.closes or '?'} ({row.edition})" for row in self.windows]
        again = [f"look again at {_minute(self.look_again_at)}"] if self.look_again_at else []
        return "\n".join([head, *map(str, self.now), *spans, *again])


def prevent(order: Order, messages: Iterable[AnyEvent] = (), *, as_of: datetime) -> PreventionPlan:
    """What an order asks of the seller at an aware instant, before there is a claim.

    The clocks are those of the rules in force on the day of `as_of`: to answer the buyer's first message, and to
    authorise, label and refund a return. `messages` are what the buyer and the seller wrote on the order.

    Raises:
        InvalidDocument: this is no order, a message is no message, or `as_of` is naive.
    """
    check_order(order)
    written, now = tuple(messages), instant_argument("as_of", as_of)
    _check_messages(written)
    in_force = editions_in_force(order.marketplace, order.local_day(now))
    pinned = in_force[0] if in_force else Edition.named(DEFAULT_EDITION)
    history = CountedHistory.before_claim(order, (event for event in written if event.at <= now), pinned)
    names = tuple(name for name in DeadlineName if clock(name).before_claim)
    clocks = with_readings(history, now, names)
    windows, today = tuple(_windows(order)), order.local_day(now)
    steps = sorted(_steps(clocks, now), key=attrgetter("by"))
    opens = [window.opens for window in windows if window.opens is not None]
    over = (row.act_by + timedelta(microseconds=1) for row in clocks if row.act_by)  # on a due instant it is still met
    ahead = (_turns(order, clocks, windows), over)
    return PreventionPlan(
        order_id=order.order_id,
        marketplace=order.marketplace,
        as_of=now,
        labels=order.labels,
        now=tuple(steps),
        clocks=clocks,
        windows=windows,
        can_file_from=min(opens, default=None),
        can_file_now=_verdict(windows, today),
        closes=max((window.closes for window in windows if window.closes is not None), default=None),
        in_force=tuple(edition.id for edition in in_force),
        notes=tuple(_notes(order, now, in_force, pinned.id)),
        act_by=min((step.by for step in steps), default=None),
        look_again_at=min((at for part in ahead for at in part if at > now), default=None),
    )


def _check_messages(messages: tuple[AnyEvent, ...]) -> None:
    faults: list[Fault] = []
    for place, event in enumerate(messages):
        check_event(event)
        if not isinstance(event, (BuyerMessaged, SellerMessaged)):
            words = f"{event.kind} is no message: before a claim there are buyer_messaged and seller_messaged"
            faults.append(Fault(f"messages.{place}", "not_a_message", words))
    if faults:
        raise InvalidDocument("prevent", tuple(faults))


def _windows(order: Order) -> Iterator[FilingWindow]:
    """When the buyer may file, for each reason that an edition in force on the order day has a word on."""
    editions = editions_in_force(order.marketplace, order.placed_on)
    for reason in ClaimReason:
        for edition in editions or (Edition.named(DEFAULT_EDITION),):
            window = filing_window(order, edition=edition.id, reason=reason)
            if "window" not in window.unsupported:
                yield window


def _verdict(windows: tuple[FilingWindow, ...], today: date) -> Verdict:
    """Whether the buyer may file for some reason: one that may be open keeps the answer open."""
    verdicts = {window.verdict(today) for window in windows}
    order = (Verdict.ELIGIBLE, Verdict.UNDETERMINED, Verdict.NOT_YET, Verdict.EXPIRED)
    return next((verdict for verdict in order if verdict in verdicts), Verdict.UNDETERMINED)


def _steps(clocks: tuple[Deadline, ...], now: datetime) -> Iterator[PreventiveStep]:
    """What is still to do; where no source anywhere names a time, nothing is asked for."""
    for row in clocks:
        if row.started_at is None or row.started_at > now or row.ended_at is not None or row.act_by is None:
            continue
        reading = next(reading for reading in row.readings if reading.runs and reading.due_at == row.act_by)
        figure = Edition.named(reading.edition).parameter(reading.figure or row.name)
        cost = figure.on_expiry.says if figure.on_expiry else None
        what = phrases("atoz.planner")[f"prevent_{row.name}"]
        yield PreventiveStep(
            step=row.name,
            by=row.act_by,
            overdue=row.act_by < now,
            why=fill("atoz.planner", "prevent_cost", what=what, cost=cost) if cost else what,
            edition=reading.edition,
            kind=reading.kind,
            source=figure.source,
            confidence=figure.confidence,
            readings=row.readings,
        )


def _turns(order: Order, clocks: tuple[Deadline, ...], windows: tuple[FilingWindow, ...]) -> Iterator[datetime]:
    """The instants at which the plan may change by time alone: facts ahead, and the first moments of local days."""
    yield from (row.started_at for row in clocks if row.started_at)
    days = {day for window in windows for day in (window.opens, window.opens_no_earlier) if day}
    yield from (datetime.combine(day, time(), order.zone).astimezone(UTC) for day in days)


def _notes(order: Order, now: datetime, in_force: tuple[Edition, ...], pinned: str) -> Iterator[Text]:
    """What the seller should know besides: dates that cannot be, facts ahead, who ships, and rules that are lacking."""
    for fault in impossible_order_facts(order):
        what = phrases("atoz.planner")[f"impossible_{fault.code}"]
        yield fill("atoz.planner", "dates_disagree", path=fault.path, what=what)
    for name in ORDER_FACTS:
        at: datetime | None = getattr(order, name)
        if at is not None and at > now:
            yield fill("atoz.planner", "fact_ahead", path=name, at=shown(at.astimezone(order.zone)))
    if order.fulfilment is Fulfilment.AMAZON:
        yield phrases("atoz.planner")["prevent_fba"]
    if not in_force:
        day = order.local_day(now)
        yield fill("atoz.planner", "none_in_force", country=order.marketplace, day=day, edition=pinned)


def _minute(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")

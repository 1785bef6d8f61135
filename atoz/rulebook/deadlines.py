"""Deadlines: what must happen by when, what started the clock, and what silence costs.

>>> from datetime import UTC, datetime
>>> from atoz.model.events import Filed
>>> from atoz.model.order import Order
>>> order = Order(order_id="123-1234567-1234567", marketplace="US", placed_at=datetime(2016, 6, 1, 15, tzinfo=UTC))
>>> claim = Claim(order=order, reason="not_received", history=(Filed(at=datetime(2016, 7, 1, 16, tzinfo=UTC)),))
>>> answer = deadlines(claim, as_of=datetime(2016, 7, 5, tzinfo=UTC))[1]
>>> answer.name.value, answer.state.value, answer.due_at.isoformat()
('answer_amazon', 'open', '2016-07-08T16:00:00+00:00')
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import Field

from atoz.model.arguments import check_claim
from atoz.model.citation import Confidence
from atoz.model.claim import Claim
from atoz.model.instant import Duration, instant_argument
from atoz.model.marketplace import Marketplace
from atoz.model.order import RETURN_FACTS, Country
from atoz.model.record import Document
from atoz.rulebook.contradictions import named_by, sentences_of
from atoz.rulebook.counted_history import CountedHistory
from atoz.rulebook.date_arithmetic import add_to_instant
from atoz.rulebook.deadline_basis import (
    Basis,
    day_counted,
    deadline_rule,
    started_bases,
    starts_of,
    unstarted_basis,
)
from atoz.rulebook.deadline_clock import DeadlineName, Run, clock, last_run, run_state
from atoz.rulebook.deadline_clock import DeadlineState as DeadlineState  # noqa: PLC0414  (its home for who counts)
from atoz.rulebook.derivation import DerivationStep, counted
from atoz.rulebook.edition import Edition
from atoz.rulebook.explanation import Explanation, Step, in_words
from atoz.rulebook.parameter import OnExpiry, Parameter
from atoz.rulebook.readings import Reading, act_by, effective_state, readings_of


class Deadline(Document):
    """One deadline of one claim at one instant."""

    kind: Literal["deadline"] = Field(default="deadline", description="Says that this document is a deadline.")
    name: DeadlineName = Field(description="What has to be done.")
    state: DeadlineState = Field(description="Open, met, missed, not offered or undetermined.")
    edition: str = Field(description="The edition that counted it.")
    due_at: datetime | None = Field(default=None, description="The last instant at which it is met; none if unknown.")
    due_no_later: datetime | None = Field(
        default=None, description="Where only the status was observed: an instant by which it is surely due."
    )
    time_left: Duration | None = Field(default=None, description="From the instant asked about; negative once past.")
    started_by: str | None = Field(default=None, description="The fact or event that started the clock.")
    started_at: datetime | None = Field(default=None, description="When it started.")
    ended_at: datetime | None = Field(default=None, description="When it was answered, in time or not.")
    left_at: datetime | None = Field(
        default=None, description="When the claim was decided before an answer came, which stops the clock for good."
    )
    stated: bool = Field(default=False, description="Whether the notice itself states the deadline.")
    on_expiry: OnExpiry | None = Field(
        default=None, repr=False, description="What silence costs, and how certain the source is; none if it is silent."
    )
    marketplace: Country = Field(description="The claim's marketplace, whose local time is counted.")
    readings: tuple[Reading, ...] = Field(
        default=(),
        repr=False,
        description="The same deadline by each edition to reckon with, the pinned one first.",
    )
    effective_state: DeadlineState | None = Field(
        default=None,
        description="Where it stands by all its readings: missed by a stated or firm one alone; none where not read.",
    )
    act_by: datetime | None = Field(
        default=None, description="The earliest instant of the readings that still run; none for the buyer's deadlines."
    )
    contradictions: tuple[str, ...] = Field(
        default=(), description="Contradictions between sources that its readings depend on, by id."
    )
    derivation: tuple[DerivationStep, ...] = Field(
        default=(), repr=False, description="How it was counted, as data; see `explain()`."
    )
    explanation: Explanation | None = Field(
        default=None,
        repr=False,
        exclude_if=lambda words: words is None,
        description="Where asked for: how it was counted, in words.",
    )

    @property
    def running(self) -> bool:
        """Whether the clock is still waiting for an answer, in time or not."""
        waiting = self.state in (DeadlineState.OPEN, DeadlineState.MISSED, DeadlineState.UNDETERMINED)
        return waiting and not self.ended_at and not self.left_at

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps that the deadline was counted by, in words, without the caveats of `explain()`."""
        return in_words(self.derivation, Marketplace.of(self.marketplace).zoneinfo)

    @property
    def applies(self) -> bool:
        """Whether there is anything to say of it: the clock of a return needs a return."""
        return self.started_by is not None or not set(clock(self.name).starts_with) <= set(RETURN_FACTS)

    def explain(self, *, editions: Iterable[Edition] = ()) -> Explanation:
        """The steps that the deadline was counted by, in words and each with its source.

        Raises:
            EditionMissing: it was counted by an edition of your own that is not among the `editions` passed.
        """
        edition = Edition.named(self.edition, editions)
        rule = deadline_rule(edition, self.name)
        return Explanation(
            edition=self.edition,
            steps=self.steps,
            caveats=(*edition.caveats, *(rule.caveats if rule else ()), *sentences_of(self.contradictions)),
        )


def deadlines(claim: Claim, *, as_of: datetime, editions: Iterable[Edition] = ()) -> tuple[Deadline, ...]:
    """Every deadline of a claim at an aware instant, by the claim's own edition.

    `editions` are those of your own that the claim may name.

    Raises:
        UnknownName: there is no edition of the claim's id.
        EditionMissing: the claim names an edition of your own that was not passed, or whose text has changed.
        InvalidDocument: `as_of` is naive.
    """
    check_claim(claim)
    return with_readings(CountedHistory.of(claim, editions), instant_argument("as_of", as_of))


def with_readings(
    history: CountedHistory,
    now: datetime,
    names: tuple[DeadlineName, ...] = tuple(DeadlineName),
    *,
    pinned_only: bool = False,
) -> tuple[Deadline, ...]:
    """These deadlines with their readings, from a history that has been read already, at an instant in UTC."""
    day = day_counted(history, now, pinned_only=pinned_only)
    started = started_bases(history, names, now, day)
    unstarted = _unstarted(history.edition, history.claim.order.marketplace, day, names)
    return tuple(_counted_once(basis) if basis else row for basis, row in zip(started, unstarted, strict=True))


@lru_cache(maxsize=4096)
def _unstarted(
    pinned: Edition, country: str, day: date | None, names: tuple[DeadlineName, ...]
) -> tuple[Deadline, ...]:
    """These deadlines while nothing has started them, as most of most claims: they are the same at any time."""
    return tuple(_counted_once(unstarted_basis(pinned, country, day, name)) for name in names)


@lru_cache(maxsize=4096)
def _counted_once(basis: Basis) -> Deadline:
    """A deadline with its readings; many claims, and many moments of one, have it in common."""
    now, run = basis.now, basis.runs[0].run
    pinned = _deadline(basis.edition, basis.country, basis.name, now, run)
    readings = readings_of(basis)
    figures = ((reading.edition, reading.figure) for reading in readings if reading.started_by and reading.figure)
    contradictions = named_by((*_counted_by(pinned), *figures))
    if not readings:
        return pinned.model_copy(update={"contradictions": contradictions}) if contradictions else pinned
    stopped = pinned.ended_at is not None or pinned.left_at is not None
    update = {
        "readings": readings,
        "act_by": act_by(basis.name, readings, now, filed=basis.filed),
        "effective_state": effective_state(pinned.state, readings, now, stopped=stopped),
        "contradictions": contradictions,
    }
    return pinned.model_copy(update=update)


def _counted_by(row: Deadline) -> Iterator[tuple[str, str]]:
    """The figures that a deadline itself was counted by."""
    return ((row.edition, step.parameter) for step in row.derivation if step.parameter)


def deadline(history: CountedHistory, name: DeadlineName, now: datetime) -> Deadline:
    """One deadline of a claim by its own edition alone, at an instant in UTC."""
    run = last_run(name, starts_of(history.edition, name), history)
    return _deadline(history.edition, history.claim.order.marketplace, name, now, run)


def _deadline(edition: Edition, country: str, name: DeadlineName, now: datetime, run: Run) -> Deadline:
    rule = deadline_rule(edition, name)
    due_at, no_later = _due_of(run, name, edition, Marketplace.of(country).zoneinfo)
    waits = run.ended_at is None and run.left_at is None
    state = run_state(run, due_at or no_later, due_at, now)
    return Deadline(
        name=name,
        state=state,
        edition=edition.reference,
        due_at=due_at,
        due_no_later=no_later,
        time_left=due_at - now if due_at and waits else None,
        started_by=run.started_by,
        started_at=run.started_at,
        ended_at=run.ended_at,
        left_at=run.left_at,
        stated=run.stated is not None,
        on_expiry=rule.on_expiry if rule else None,
        marketplace=country,
        derivation=tuple(_derivation(rule, run, Counted(name, state, due_at, no_later))),
    )


class Counted(NamedTuple):
    """What came of a count."""

    name: DeadlineName
    state: DeadlineState
    due_at: datetime | None
    no_later: datetime | None


def _derivation(rule: Parameter | None, run: Run, result: Counted) -> Iterator[DerivationStep]:
    """The steps of a count, and what came of it."""
    if run.started_by is None:
        yield DerivationStep(rule="deadline_not_started")
        return
    if run.started_at is None:
        yield DerivationStep(rule="deadline_start_unknown", confidence=Confidence.UNCLEAR)
        if result.no_later:
            yield DerivationStep(rule="deadline_no_later", result=result.no_later)
        return
    if run.stated is None and rule is not None and not run.again:
        yield counted(rule, run.started_by, run.started_at, result.due_at)
    else:
        yield DerivationStep(rule="deadline_started", counts_from=run.started_by, begins=run.started_at)
        if run.stated is not None:
            yield DerivationStep(rule="deadline_stated", result=run.stated)
        else:
            unknown = "deadline_again" if run.again else "missing_parameter"
            yield DerivationStep(rule=unknown, confidence=Confidence.UNCLEAR)
    if result.state is DeadlineState.MET:
        yield DerivationStep(rule="deadline_met", result=run.ended_at)
    elif result.state is DeadlineState.NOT_OFFERED:
        yield DerivationStep(rule="deadline_over")
    elif result.state is DeadlineState.MISSED:
        yield DerivationStep(rule="deadline_no_record")
        if clock(result.name).before_claim:
            yield DerivationStep(rule="deadline_buyer_counted")


def run_and_due(history: CountedHistory, name: DeadlineName) -> tuple[Run, datetime | None, datetime | None]:
    """The latest run of a deadline's clock, its due instant and, where only the status was observed, the latest one.

    This is all that a guard needs.
    """
    run = last_run(name, starts_of(history.edition, name), history)
    return run, *due_of(run, name, history)


def due_of(run: Run, name: DeadlineName, history: CountedHistory) -> tuple[datetime | None, datetime | None]:
    """The due instant of one run of a deadline's clock and, where only the status was observed, the latest one.

    Neither is known of a second appeal.
    """
    return _due_of(run, name, history.edition, history.claim.order.zone)


def _due_of(run: Run, name: DeadlineName, edition: Edition, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    if run.again:
        return None, None
    rule = deadline_rule(edition, name)
    no_later = _counted(rule, run.seen_at, zone) if name is not DeadlineName.ANSWER_AMAZON else None
    return run.stated or _counted(rule, run.started_at, zone), no_later


def _counted(rule: Parameter | None, start: datetime | None, zone: ZoneInfo) -> datetime | None:
    """The last instant at which a run is met, by the edition's figure."""
    return add_to_instant(start, rule.value, rule.unit, zone) if rule and start else None

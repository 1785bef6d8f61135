"""Which clock is running: what starts each deadline, and what ends it, counted from a history alone."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Literal, NamedTuple

from pydantic import Field

from atoz.model.data_files import read_toml
from atoz.model.enums import LabelledEnum
from atoz.model.events import EVENT_CLASSES, InformationRequested, Observed
from atoz.model.history import ORDER_FACTS, History
from atoz.model.record import Record
from atoz.model.status import ClaimStatus
from atoz.model.text import Text


class DeadlineName(LabelledEnum):
    """The deadlines; the data is `clocks.toml`."""

    ANSWER_BUYER = "answer_buyer"
    ANSWER_AMAZON = "answer_amazon"
    APPEAL = "appeal"
    BUYER_APPEAL = "buyer_appeal"
    AUTHORISE_RETURN = "authorise_return"
    SEND_RETURN_LABEL = "send_return_label"
    REFUND_RETURN = "refund_return"

    @property
    def label_text(self) -> Text:
        """What has to be done by then, in both languages."""
        return clock(self).label


class Clock(Record):
    """What starts and ends one deadline."""

    label: Text = Field(description="What has to be done.")
    party: Literal["seller", "buyer"] = Field(description="Who has to do it.")
    starts_with: tuple[str, ...] = Field(description="The fact of the order, or the events, that start it.")
    ended_by: tuple[str, ...] = Field(description="The facts of the order and the events that end it.")
    during: tuple[ClaimStatus, ...] = Field(description="The statuses it belongs to; none means any.")
    first_run_only: bool = Field(
        default=False,
        description="Whether figures are known for the first run alone: no source says what follows an answer to it.",
    )
    before_claim: bool = Field(
        default=False, description="Whether it runs before a claim: what was missed is history once one is filed."
    )


@cache
def clock(name: DeadlineName) -> Clock:
    """The clock of a deadline."""
    return Clock.model_validate(read_toml("atoz.rulebook", "clocks.toml")[name.value])


class Run(NamedTuple):
    """One run of a clock, as the history tells it."""

    started_by: str | None = None
    started_at: datetime | None = None
    """None while `started_by` is `observed`: the status was seen, the instant that led to it was not."""
    seen_at: datetime | None = None
    """When the status was observed: the clock started by then."""
    stated: datetime | None = None
    """The deadline that the notice itself states."""
    ended_at: datetime | None = None
    left_at: datetime | None = None
    """When the claim left the clock's statuses without an end of its own."""
    again: bool = False
    """Whether it began after an earlier answer, on a clock whose figures are known for the first run alone."""
    place: int = -1
    """Where the event stands that started it: the place decides between events of one instant. A fact of the order
    lies before all of them."""


def last_run(name: DeadlineName, starts_with: Sequence[str], history: History) -> Run:
    """The latest run of a clock: the last start, and what ended it."""
    if "observed" not in history.latest and history.latest.keys().isdisjoint(starts_with):
        return Run()  # most clocks of most claims never start
    return deque(runs(name, starts_with, history), maxlen=1)[0]


def runs(name: DeadlineName, starts_with: Sequence[str], history: History) -> Iterator[Run]:
    """The latest run of a clock as it stands before each event of a history, and at last after all of them.

    An event that only repeats the known status starts nothing; a status that was only observed starts a clock
    whose instant is not known.
    """
    deadline_clock = clock(name)
    during, ended_by = deadline_clock.during, deadline_clock.ended_by  # read once: this loop is the busiest of all
    run = next((Run(fact, at) for fact, at in _known_facts(starts_with, history)), Run())
    answers = sorted(at for _, at in _known_facts(ended_by, history))
    run = _answered(run, answers)
    again = False
    for place, event, before, after, says in history.entries:
        yield run
        if says is None and event.kind not in ended_by and event.kind not in starts_with:
            continue
        outside = bool(during) and after not in during
        if event.kind in ended_by:
            run = _ended(run, event.at)
            again = deadline_clock.first_run_only
        elif event.kind in starts_with and not outside and not (event.kind == "buyer_messaged" and run.started_by):
            stated = event.respond_by if isinstance(event, InformationRequested) else None
            run = _answered(Run(event.kind, event.at, stated=stated, again=again, place=place), answers)
        elif isinstance(event, Observed) and after is not before and _hides_a_start(event, before, starts_with):
            run = Run("observed", seen_at=event.at, again=again, place=place) if event.status in during else run
        if says is not None and outside:
            run = _left(run, event.at)
    yield run


def _known_facts(names: Sequence[str], history: History) -> Iterator[tuple[str, datetime]]:
    """The facts of the order among some names, with their instants."""
    for name in names:
        if name in ORDER_FACTS and (fact := history.latest.get(name)):
            yield name, fact.at


def _hides_a_start(event: Observed, known: ClaimStatus | None, starts_with: Sequence[str]) -> bool:
    """Whether a start may lie unseen behind an observation.

    Where nothing was known before it, any may; else one that leads to the observed status. A filing cannot: it is once.
    """
    later = (EVENT_CLASSES[start] for start in starts_with if start in EVENT_CLASSES and start != "filed")
    return known is None or any(event_class.leads_to is event.status for event_class in later)


def _ended(run: Run, at: datetime) -> Run:
    """The earliest answer ends a run; one from before the start, or after the decision, answers something else."""
    early = run.started_at is not None and at < run.started_at
    answered = run.ended_at is not None and run.ended_at <= at
    stopped = run.started_by is None or answered or run.left_at is not None
    return run if stopped or early else run._replace(ended_at=at)


def _answered(run: Run, answers: Iterable[datetime]) -> Run:
    """The run, ended by the first of the order's own facts that answers it."""
    for at in answers:
        run = _ended(run, at)
    return run


def _left(run: Run, at: datetime) -> Run:
    """Leaving the statuses stops a run for good: coming back does not restart it."""
    stopped = run.started_by is None or run.ended_at is not None or run.left_at is not None
    return run if stopped else run._replace(left_at=at)


class DeadlineState(StrEnum):
    """Where a deadline stands."""

    OPEN = "open"
    MET = "met"
    MISSED = "missed"
    NOT_OFFERED = "not_offered"
    """Nothing started the clock, or the claim moved on before it was due."""
    UNDETERMINED = "undetermined"
    """The clock runs, but the edition names no figure for it or its start is not known."""


def run_state(run: Run, last: datetime | None, due_at: datetime | None, now: datetime) -> DeadlineState:
    """Where a deadline stands: `last` is the instant after which it is surely missed, `due_at` the exact one."""
    if run.started_by is None:
        return DeadlineState.NOT_OFFERED
    stopped = run.ended_at or run.left_at
    if last is not None and (stopped or now) > last:
        return DeadlineState.MISSED
    if run.ended_at:
        return DeadlineState.MET
    if run.left_at:
        return DeadlineState.NOT_OFFERED
    return DeadlineState.UNDETERMINED if due_at is None else DeadlineState.OPEN

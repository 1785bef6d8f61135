"""The latest run of a clock, told from a row: what `atoz.rulebook.deadline_clock.last_run` tells from a history.

A row is read as a history: one event of each kind whose instant it has, by time; at equal instants what starts the
clock comes first, then the kinds in the order of `EVENT_CLASSES`. A `status` is what is observed after them, at the
instant asked about.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import narwhals as nw

from atoz.frames.date_columns import instant_column
from atoz.frames.date_offsets import nothing_like
from atoz.frames.frame_types import PREFIX
from atoz.frames.workframe import Workframe
from atoz.model.events import EVENT_CLASSES
from atoz.model.status import ClaimStatus
from atoz.rulebook.deadline_clock import Clock

STARTS_ALONE = "buyer_messaged"
"""The start that counts only where nothing else has started the clock."""
STATES_DEADLINE = "information_requested"
"""The start that can state its own deadline, in `respond_by`."""


def fact_of(kind: str) -> str:
    """The fact of a row that tells when an event happened, such as `filed_at`; a fact of the order is its own name."""
    return f"{kind}_at" if kind in EVENT_CLASSES else kind


def event_kinds_read(clock: Clock) -> tuple[str, ...]:
    """What starts a clock, what ends it, and what takes the claim out of its statuses."""
    moving = tuple(kind for kind, event in EVENT_CLASSES.items() if event.leads_to is not None)
    return tuple(dict.fromkeys((*clock.starts_with, *clock.ended_by, *(moving if clock.during else ()))))


class ClockRun(NamedTuple):
    """The columns of one run, by name; those of flags hold 1 or 0."""

    started: str
    start: str
    stated: str
    ended: str
    left: str
    left_unseen: str
    """Whether the status shows that the claim has left, though no event does."""
    last: str
    """The last event of the row."""
    unseen: str
    """Whether only the status shows that it has started."""
    by_notice: str
    """Whether the claim notice alone started it."""
    again: str
    """Whether it began after an earlier answer, on a clock whose figures are known for the first run alone."""


def with_clock_run(workframe: Workframe, clock: Clock, starts: Sequence[str], key: str) -> tuple[Workframe, ClockRun]:
    """The workframe with the latest run of a clock that only these starts start."""
    run = ClockRun(*(f"{PREFIX}{key}_{field}" for field in ClockRun._fields))
    present = [kind for kind in _in_order(clock) if workframe.has(fact_of(kind))]
    workframe, starting = _with_starts(workframe, clock, [kind for kind in present if kind in starts], present, key)
    workframe = workframe.with_columns(
        **{run.start: _start(workframe, starting, at_of(present[0])), run.last: _latest(workframe, present)}
    )
    workframe, observed = _with_observed(workframe, clock, starts, present, run.unseen)
    start, question = nw.col(run.start), starting.get(STATES_DEADLINE)
    stated = (
        at_of(STATES_DEADLINE, fact="respond_by")
        if question is not None and workframe.has("respond_by")
        else nothing_like(start)
    )
    leaving = [kind for kind in present if _leaves(kind, clock)]
    workframe = workframe.with_columns(
        **{
            run.stated: nw.when(~observed & (start == question if question is not None else start.is_null())).then(
                stated
            ),
            run.ended: _first_answer(
                workframe, [kind for kind in present if kind in clock.ended_by], leaving, present, start
            ),
            run.left: choose_instant(
                workframe, nw.min_horizontal, [_at_or_after(kind, start) for kind in leaving], start
            ),
            run.left_unseen: flag(_is_outside_clock(workframe, clock)),
            run.by_notice: flag(_is_by_notice(starting, start)),
            run.again: flag(_follows_an_answer(clock, present, start, observed)),
        }
    )
    answered = ~nw.col(run.ended).is_null()
    workframe = workframe.with_columns(
        **{
            run.left: nw.when(~observed & ~answered).then(nw.col(run.left)),
            run.ended: nw.when(~observed).then(nw.col(run.ended)),
            run.start: nw.when(~observed).then(start),
            run.started: flag(observed | ~start.is_null()),
        }
    )
    return workframe, run


def _in_order(clock: Clock) -> tuple[str, ...]:
    """What is read, in the order that it has at equal instants."""
    read = event_kinds_read(clock)
    return tuple(dict.fromkeys((*clock.starts_with, *(kind for kind in EVENT_CLASSES if kind in read), *read)))


def at_of(kind: str, fact: str = "") -> nw.Expr:
    """The instant of a row's event of a kind."""
    return nw.col(instant_column(fact or fact_of(kind)))


def _at_or_after(kind: str, start: nw.Expr) -> nw.Expr:
    """An event's instant, if it comes at or after the start."""
    return nw.when(at_of(kind) >= start).then(at_of(kind))


def _with_starts(
    workframe: Workframe, clock: Clock, starting: Sequence[str], present: Sequence[str], key: str
) -> tuple[Workframe, dict[str, nw.Expr]]:
    """The workframe, and by kind the instants that start the clock: those within its statuses."""
    starts_at: dict[str, nw.Expr] = {}
    for kind in starting:
        if not clock.during or kind not in EVENT_CLASSES:
            starts_at[kind] = at_of(kind)
        elif EVENT_CLASSES[kind].leads_to is None:  # a plain event: the status before it decides
            out = f"{PREFIX}{key}_{kind}"
            workframe = with_status(workframe, present, out, before=kind)
            within = nw.col(out).is_in([status.value for status in clock.during])
            workframe = workframe.with_columns(**{out: nw.when(within).then(at_of(kind))})
            starts_at[kind] = nw.col(out)
        elif not _leaves(kind, clock):
            starts_at[kind] = at_of(kind)
    return workframe, starts_at


def with_status(workframe: Workframe, present: Sequence[str], out: str, *, before: str | None = None) -> Workframe:
    """The workframe with the status that the events bring: all of them, or those before one; null where none does."""
    moving = {kind: str(target) for kind in present if (target := target_of(kind)) is not None}
    at = {kind: at_of(kind) if before is None else _if_first(kind, before, present) for kind in moving}
    if not at:
        return workframe.with_columns(**{out: nothing_like(nw.lit("").cast(nw.String))})
    workframe = workframe.with_columns(**{f"{out}_{kind}": moment for kind, moment in at.items()})
    last = f"{out}_last"
    workframe = workframe.with_columns(
        **{last: choose_instant(workframe, nw.max_horizontal, [nw.col(f"{out}_{kind}") for kind in at])}
    )
    kind, *others = reversed(moving)
    known = nw.when(nw.col(f"{out}_{kind}") == nw.col(last)).then(nw.lit(moving[kind]))
    for kind in others:
        known = known.when(nw.col(f"{out}_{kind}") == nw.col(last)).then(nw.lit(moving[kind]))
    return workframe.with_columns(**{out: known})


def _if_first(kind: str, other: str, present: Sequence[str]) -> nw.Expr:
    """An event's instant, if it comes before another event."""
    tie = present.index(kind) < present.index(other)
    return nw.when(at_of(kind) <= at_of(other) if tie else at_of(kind) < at_of(other)).then(at_of(kind))


def _start(workframe: Workframe, starting: Mapping[str, nw.Expr], any_instant: nw.Expr) -> nw.Expr:
    """The last start; a fact of the order counts where no event does, and a buyer's message where nothing else does."""
    events = [at for kind, at in starting.items() if kind in EVENT_CLASSES and kind != STARTS_ALONE]
    facts = [at for kind, at in starting.items() if kind not in EVENT_CLASSES]
    last = [choose_instant(workframe, nw.max_horizontal, events)] if events else []
    candidates = [*last, *facts, *(at for kind, at in starting.items() if kind == STARTS_ALONE)]
    if not candidates:
        return nothing_like(any_instant)
    return nw.coalesce(*candidates) if len(candidates) > 1 else candidates[0]


def _latest(workframe: Workframe, kinds: Sequence[str]) -> nw.Expr:
    return choose_instant(workframe, nw.max_horizontal, list(map(at_of, kinds)))


def choose_instant(
    workframe: Workframe, choose: Callable[..., nw.Expr], instants: Sequence[nw.Expr], like: nw.Expr | None = None
) -> nw.Expr:
    """The latest or the earliest of some instants; Arrow compares their numbers, for want of a kernel."""
    if len(instants) <= 1:
        return instants[0] if like is None or instants else nothing_like(like)
    if not workframe.frame.implementation.is_pyarrow():
        return choose(*instants)
    return choose(*(moment.cast(nw.Int64) for moment in instants)).cast(nw.Datetime("us", "UTC"))


def _first_answer(
    workframe: Workframe, ending: Sequence[str], leaving: Sequence[str], present: Sequence[str], start: nw.Expr
) -> nw.Expr:
    """The first end at or after the start that the claim has not left before."""
    answers: list[nw.Expr] = []
    for kind in ending:
        gone = [
            nw.when(at_of(other) >= start).then(_if_first(other, kind, present)) for other in leaving if other != kind
        ]
        stays = nw.coalesce(*gone).is_null() if len(gone) > 1 else gone[0].is_null() if gone else None
        after_start = at_of(kind) >= start
        answers.append(nw.when(after_start if stays is None else after_start & stays).then(at_of(kind)))
    return choose_instant(workframe, nw.min_horizontal, answers, start)


def _is_by_notice(starting: Mapping[str, nw.Expr], start: nw.Expr) -> nw.Expr | None:
    """Whether the filing started the run; at equal instants a question does."""
    filed, question = starting.get("filed"), starting.get(STATES_DEADLINE)
    if filed is None:
        return None
    return start == filed if question is None else (start == filed) & (question.is_null() | ~(start == question))


def _follows_an_answer(clock: Clock, present: Sequence[str], start: nw.Expr, observed: nw.Expr) -> nw.Expr | None:
    """Whether the run began after an answer; at equal instants the start comes first, and what is observed last."""
    ending = (
        [kind for kind in present if kind in clock.ended_by and kind in EVENT_CLASSES] if clock.first_run_only else []
    )
    after = [(at_of(kind) < start) | (observed & ~at_of(kind).is_null()) for kind in ending]
    return nw.any_horizontal(*after, ignore_nulls=True) if len(after) > 1 else after[0] if after else None


def target_of(kind: str) -> ClaimStatus | None:
    """The status that a kind of event brings; none for a plain event and for a fact of the order."""
    return EVENT_CLASSES[kind].leads_to if kind in EVENT_CLASSES else None


def _leaves(kind: str, clock: Clock) -> bool:
    target = target_of(kind)
    return target is not None and bool(clock.during) and target not in clock.during


def _status(workframe: Workframe) -> nw.Expr:
    return nw.col(workframe.column("status")).cast(nw.String)


def _is_outside_clock(workframe: Workframe, clock: Clock) -> nw.Expr | None:
    """Whether the status is one that the clock does not belong to."""
    if not workframe.has("status") or not clock.during:
        return None
    return _status(workframe).is_in([status.value for status in ClaimStatus if status not in clock.during])


def _with_observed(
    workframe: Workframe, clock: Clock, starts: Sequence[str], present: Sequence[str], out: str
) -> tuple[Workframe, nw.Expr]:
    """The workframe, and whether the status hides a start: as first knowledge, or one that a later start leads to."""
    if not workframe.has("status") or not clock.during:
        return workframe.with_columns(**{out: nw.lit(0)}), nw.col(out) == 1
    workframe = with_status(workframe, present, f"{out}_known")
    known, seen = nw.col(f"{out}_known"), _status(workframe)
    later = {target_of(kind) for kind in starts if kind != "filed"}
    hides = known.is_null()
    if again := [status.value for status in clock.during if status in later]:
        hides = hides | (seen.is_in(again) & (seen != known))
    within = [status.value for status in clock.during]
    return workframe.with_columns(**{out: flag(seen.is_in(within) & hides)}), nw.col(out) == 1


def flag(condition: nw.Expr | None) -> nw.Expr:
    """1 where a condition holds, 0 where it does not or cannot be told."""
    return nw.lit(0) if condition is None else nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0))

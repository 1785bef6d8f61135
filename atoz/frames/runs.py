"""The latest run of a clock, told from a row: what `atoz.rulebook.clock.last_run` tells from a history.

A row is read as a history: one event of each kind whose instant it has, by time; at equal instants what starts the
clock comes first. A `status` is what is observed after them, at the instant asked about.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import narwhals as nw

from atoz.frames.facts import instant
from atoz.frames.sheet import PREFIX, Sheet
from atoz.frames.spans import nothing_like
from atoz.model.events import EVENT_CLASSES
from atoz.model.status import ClaimStatus
from atoz.rulebook.clock import Clock

ANSWERS_FIRST_ONLY = "buyer_messaged"
"""The start that counts only where nothing else has started the clock."""
STATES = "information_requested"
"""The start that can state its own deadline, in `respond_by`."""


def fact_of(kind: str) -> str:
    """The fact of a row that tells when an event happened, such as `filed_at`; a fact of the order is its own name."""
    return f"{kind}_at" if kind in EVENT_CLASSES else kind


def kinds_read(clock: Clock) -> tuple[str, ...]:
    """What starts a clock, what ends it, and what takes the claim out of its statuses."""
    moving = tuple(kind for kind, each in EVENT_CLASSES.items() if each.leads_to is not None)
    return tuple(dict.fromkeys((*clock.starts_with, *clock.ended_by, *(moving if clock.during else ()))))


class Run(NamedTuple):
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


def with_run(sheet: Sheet, clock: Clock, starts: Sequence[str], key: str) -> tuple[Sheet, Run]:
    """The sheet with the latest run of a clock that only these starts start."""
    run = Run(*(f"{PREFIX}{key}_{field}" for field in Run._fields))
    present = [kind for kind in kinds_read(clock) if sheet.has(fact_of(kind))]
    starting = [kind for kind in starts if kind in present]
    sheet = sheet.adding(**{run.start: _start(sheet, starting, _at(present[0])), run.last: _greatest(sheet, present)})
    sheet = sheet.adding(**{run.started: _flag(_observed(sheet, starting, present, starts))})  # for now: observed
    observed, start = nw.col(run.started) == 1, nw.col(run.start)
    after = [kind for kind in clock.ended_by if kind in present]
    leaving = [kind for kind in present if _leaves(kind, clock)]
    stated = _at(STATES, fact="respond_by") if STATES in starting and sheet.has("respond_by") else nothing_like(start)
    own = start == _at(STATES) if STATES in starting else start.is_null()
    sheet = sheet.adding(
        **{
            run.stated: nw.when(~observed & own).then(stated),
            run.ended: _first_after(sheet, after, start, ~observed),
            run.left: _first_after(sheet, leaving, start, ~observed),
            run.left_unseen: _flag(_elsewhere(sheet, clock)),
            run.start: nw.when(~observed).then(start),
            run.started: _flag(observed | ~start.is_null()),
        }
    )
    return sheet, run


def _at(kind: str, fact: str = "") -> nw.Expr:
    return nw.col(instant(fact or fact_of(kind)))


def _start(sheet: Sheet, starting: Sequence[str], any_instant: nw.Expr) -> nw.Expr:
    others = [kind for kind in starting if kind != ANSWERS_FIRST_ONLY]
    if not starting:
        return nothing_like(any_instant)
    if len(others) == len(starting):
        return _greatest(sheet, others)
    return nw.coalesce(_greatest(sheet, others), _at(ANSWERS_FIRST_ONLY)) if others else _at(ANSWERS_FIRST_ONLY)


def _greatest(sheet: Sheet, kinds: Sequence[str]) -> nw.Expr:
    return _at(kinds[0]) if len(kinds) == 1 else _extreme(sheet, nw.max_horizontal, map(_at, kinds))


def _extreme(sheet: Sheet, choose: Callable[..., nw.Expr], instants: Iterable[nw.Expr]) -> nw.Expr:
    """The latest or the earliest of some instants; Arrow compares their numbers, for want of a kernel."""
    if not sheet.frame.implementation.is_pyarrow():
        return choose(*instants)
    return choose(*(each.cast(nw.Int64) for each in instants)).cast(nw.Datetime("us", "UTC"))


def _first_after(sheet: Sheet, kinds: Sequence[str], start: nw.Expr, counts: nw.Expr) -> nw.Expr:
    """The first of some events at or after the start."""
    later = [nw.when((_at(kind) >= start) & counts).then(_at(kind)) for kind in kinds]
    if not later:
        return nothing_like(start)
    return later[0] if len(later) == 1 else _extreme(sheet, nw.min_horizontal, later)


def _leaves(kind: str, clock: Clock) -> bool:
    target = EVENT_CLASSES[kind].leads_to if kind in EVENT_CLASSES else None
    return target is not None and bool(clock.during) and target not in clock.during


def _status(sheet: Sheet) -> nw.Expr:
    return nw.col(sheet.name("status")).cast(nw.String)


def _elsewhere(sheet: Sheet, clock: Clock) -> nw.Expr | None:
    """Whether the status is one that the clock does not belong to."""
    if not sheet.has("status") or not clock.during:
        return None
    return _status(sheet).is_in([each.value for each in ClaimStatus if each not in clock.during])


def _observed(sheet: Sheet, starting: Sequence[str], present: Sequence[str], starts: Sequence[str]) -> nw.Expr | None:
    """Whether the status shows that something has started the clock that no event of the row shows."""
    targets = {EVENT_CLASSES[kind].leads_to for kind in starts if kind in EVENT_CLASSES} - {None}
    if not sheet.has("status") or not targets:
        return None
    in_order = dict.fromkeys((*starting, *(kind for kind in EVENT_CLASSES if kind in present)))
    moving = {kind: EVENT_CLASSES[kind].leads_to for kind in in_order if EVENT_CLASSES[kind].leads_to is not None}
    seen = _status(sheet).is_in([each.value for each in targets if each is not None])
    if not moving:
        return seen
    last = _greatest(sheet, list(moving))
    known = None
    for kind, target in reversed(moving.items()):
        here, value = _at(kind) == last, nw.lit(str(target))
        known = nw.when(here).then(value) if known is None else known.when(here).then(value)
    same = (_status(sheet) == known) if known is not None else seen
    return seen & (last.is_null() | ~same)


def _flag(condition: nw.Expr | None) -> nw.Expr:
    """1 where a condition holds, 0 where it does not or cannot be told."""
    return nw.lit(0) if condition is None else nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0))

"""The latest run of a clock, told from a row: what `atoz.rulebook.deadline_clock.last_run` tells from a history.

A row is read as a history: one event of each kind whose instant it has, by time; at equal instants what starts the
clock comes first, then the kinds in the order of `EVENT_CLASSES`. A `status` is what is observed after them, at the
instant asked about.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import narwhals as nw

from atoz.frames.date_columns import instant
from atoz.frames.date_offsets import nothing_like
from atoz.frames.workframe import PREFIX, Workframe
from atoz.model.events import EVENT_CLASSES
from atoz.model.status import ClaimStatus
from atoz.rulebook.deadline_clock import Clock

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


def with_run(sheet: Workframe, clock: Clock, starts: Sequence[str], key: str) -> tuple[Workframe, Run]:
    """The sheet with the latest run of a clock that only these starts start."""
    run = Run(*(f"{PREFIX}{key}_{field}" for field in Run._fields))
    present = [kind for kind in _in_order(clock) if sheet.has(fact_of(kind))]
    sheet, starting = _with_starts(sheet, clock, [kind for kind in present if kind in starts], present, key)
    sheet = sheet.adding(**{run.start: _start(sheet, starting, _at(present[0])), run.last: _greatest(sheet, present)})
    sheet, observed = _with_observed(sheet, clock, starts, present, key)
    start, own = nw.col(run.start), starting.get(STATES)
    stated = _at(STATES, fact="respond_by") if own is not None and sheet.has("respond_by") else nothing_like(start)
    leaving = [kind for kind in present if _leaves(kind, clock)]
    sheet = sheet.adding(
        **{
            run.stated: nw.when(~observed & (start == own if own is not None else start.is_null())).then(stated),
            run.ended: _answer(sheet, [kind for kind in present if kind in clock.ended_by], leaving, present, start),
            run.left: _extreme(sheet, nw.min_horizontal, [_since(kind, start) for kind in leaving], start),
            run.left_unseen: _flag(_elsewhere(sheet, clock)),
        }
    )
    answered = ~nw.col(run.ended).is_null()
    sheet = sheet.adding(
        **{
            run.left: nw.when(~observed & ~answered).then(nw.col(run.left)),
            run.ended: nw.when(~observed).then(nw.col(run.ended)),
            run.start: nw.when(~observed).then(start),
            run.started: _flag(observed | ~start.is_null()),
        }
    )
    return sheet, run


def _in_order(clock: Clock) -> tuple[str, ...]:
    """What is read, in the order that it has at equal instants."""
    read = kinds_read(clock)
    return tuple(dict.fromkeys((*clock.starts_with, *(kind for kind in EVENT_CLASSES if kind in read), *read)))


def _at(kind: str, fact: str = "") -> nw.Expr:
    return nw.col(instant(fact or fact_of(kind)))


def _since(kind: str, start: nw.Expr) -> nw.Expr:
    """An event's instant, if it comes at or after the start."""
    return nw.when(_at(kind) >= start).then(_at(kind))


def _with_starts(
    sheet: Workframe, clock: Clock, starting: Sequence[str], present: Sequence[str], key: str
) -> tuple[Workframe, dict[str, nw.Expr]]:
    """The sheet, and by kind the instants that start the clock: those within its statuses."""
    found: dict[str, nw.Expr] = {}
    for kind in starting:
        if not clock.during or kind not in EVENT_CLASSES:
            found[kind] = _at(kind)
        elif EVENT_CLASSES[kind].leads_to is None:  # a plain event: the status before it decides
            out = f"{PREFIX}{key}_{kind}"
            sheet = _with_status(sheet, present, out, before=kind)
            within = nw.col(out).is_in([each.value for each in clock.during])
            sheet = sheet.adding(**{out: nw.when(within).then(_at(kind))})
            found[kind] = nw.col(out)
        elif not _leaves(kind, clock):
            found[kind] = _at(kind)
    return sheet, found


def _with_status(sheet: Workframe, present: Sequence[str], out: str, *, before: str | None = None) -> Workframe:
    """The sheet with the status that the events bring: all of them, or those before one; null where none does."""
    moving = {kind: str(target) for kind in present if (target := _target(kind)) is not None}
    at = {kind: _at(kind) if before is None else _if_first(kind, before, present) for kind in moving}
    if not at:
        return sheet.adding(**{out: nothing_like(nw.lit("").cast(nw.String))})
    sheet = sheet.adding(**{f"{out}_{kind}": each for kind, each in at.items()})
    last = f"{out}_last"
    sheet = sheet.adding(**{last: _extreme(sheet, nw.max_horizontal, [nw.col(f"{out}_{kind}") for kind in at])})
    kind, *others = reversed(moving)
    known = nw.when(nw.col(f"{out}_{kind}") == nw.col(last)).then(nw.lit(moving[kind]))
    for kind in others:
        known = known.when(nw.col(f"{out}_{kind}") == nw.col(last)).then(nw.lit(moving[kind]))
    return sheet.adding(**{out: known})


def _if_first(kind: str, other: str, present: Sequence[str]) -> nw.Expr:
    """An event's instant, if it comes before another event."""
    tie = present.index(kind) < present.index(other)
    return nw.when(_at(kind) <= _at(other) if tie else _at(kind) < _at(other)).then(_at(kind))


def _start(sheet: Workframe, starting: Mapping[str, nw.Expr], any_instant: nw.Expr) -> nw.Expr:
    """The last start; a fact of the order counts where no event does, and a buyer's message where nothing else does."""
    events = [at for kind, at in starting.items() if kind in EVENT_CLASSES and kind != ANSWERS_FIRST_ONLY]
    facts = [at for kind, at in starting.items() if kind not in EVENT_CLASSES]
    last = [_extreme(sheet, nw.max_horizontal, events)] if events else []
    found = [*last, *facts, *(at for kind, at in starting.items() if kind == ANSWERS_FIRST_ONLY)]
    if not found:
        return nothing_like(any_instant)
    return nw.coalesce(*found) if len(found) > 1 else found[0]


def _greatest(sheet: Workframe, kinds: Sequence[str]) -> nw.Expr:
    return _extreme(sheet, nw.max_horizontal, list(map(_at, kinds)))


def _extreme(
    sheet: Workframe, choose: Callable[..., nw.Expr], instants: Sequence[nw.Expr], like: nw.Expr | None = None
) -> nw.Expr:
    """The latest or the earliest of some instants; Arrow compares their numbers, for want of a kernel."""
    if len(instants) <= 1:
        return instants[0] if like is None or instants else nothing_like(like)
    if not sheet.frame.implementation.is_pyarrow():
        return choose(*instants)
    return choose(*(each.cast(nw.Int64) for each in instants)).cast(nw.Datetime("us", "UTC"))


def _answer(
    sheet: Workframe, ending: Sequence[str], leaving: Sequence[str], present: Sequence[str], start: nw.Expr
) -> nw.Expr:
    """The first end at or after the start that the claim has not left before."""
    found: list[nw.Expr] = []
    for kind in ending:
        gone = [
            nw.when(_at(other) >= start).then(_if_first(other, kind, present)) for other in leaving if other != kind
        ]
        stays = nw.coalesce(*gone).is_null() if len(gone) > 1 else gone[0].is_null() if gone else None
        answers = _at(kind) >= start
        found.append(nw.when(answers if stays is None else answers & stays).then(_at(kind)))
    return _extreme(sheet, nw.min_horizontal, found, start)


def _target(kind: str) -> ClaimStatus | None:
    return EVENT_CLASSES[kind].leads_to if kind in EVENT_CLASSES else None


def _leaves(kind: str, clock: Clock) -> bool:
    target = _target(kind)
    return target is not None and bool(clock.during) and target not in clock.during


def _status(sheet: Workframe) -> nw.Expr:
    return nw.col(sheet.name("status")).cast(nw.String)


def _elsewhere(sheet: Workframe, clock: Clock) -> nw.Expr | None:
    """Whether the status is one that the clock does not belong to."""
    if not sheet.has("status") or not clock.during:
        return None
    return _status(sheet).is_in([each.value for each in ClaimStatus if each not in clock.during])


def _with_observed(
    sheet: Workframe, clock: Clock, starts: Sequence[str], present: Sequence[str], key: str
) -> tuple[Workframe, nw.Expr]:
    """The sheet, and whether the status hides a start: as first knowledge, or one that a later start leads to."""
    out = f"{PREFIX}{key}_observed"
    if not sheet.has("status") or not clock.during:
        return sheet.adding(**{out: nw.lit(0)}), nw.col(out) == 1
    sheet = _with_status(sheet, present, f"{PREFIX}{key}_known")
    known, seen = nw.col(f"{PREFIX}{key}_known"), _status(sheet)
    later = {_target(kind) for kind in starts if kind != "filed"}
    hides = known.is_null()
    if again := [each.value for each in clock.during if each in later]:
        hides = hides | (seen.is_in(again) & (seen != known))
    within = [each.value for each in clock.during]
    return sheet.adding(**{out: _flag(seen.is_in(within) & hides)}), nw.col(out) == 1


def _flag(condition: nw.Expr | None) -> nw.Expr:
    """1 where a condition holds, 0 where it does not or cannot be told."""
    return nw.lit(0) if condition is None else nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0))

"""What a row tells of its claim besides its clocks: when it began, when its status was seen, when it was decided."""

from collections.abc import Sequence
from datetime import datetime

import narwhals as nw

from atoz.frames.date_offsets import instant_literal, nothing_like
from atoz.frames.engines import engine_of
from atoz.frames.frame_types import PREFIX
from atoz.frames.latest_clock_run import at_of, choose_instant, flag, target_of, with_status
from atoz.frames.workframe import Workframe
from atoz.model.events import EVENT_CLASSES
from atoz.model.status import ClaimStatus

MOVING = tuple(kind for kind, event in EVENT_CLASSES.items() if event.leads_to is not None)
"""The kinds of events that bring a status."""
NOW, FILED_AT, SEEN_AT, BEGUN_ON = (f"{PREFIX}{name}" for name in ("now", "filed", "seen_at", "begun_on"))
"""The instant asked about, that of the filing, that at which the status counts as seen; the day of the beginning."""
DECIDED_AT, DECIDED_UNSEEN = f"{PREFIX}decided_at", f"{PREFIX}decided_unseen"
"""The last instant that brought a decision, and whether the status shows a further one."""
_BEGUN = f"{PREFIX}begun"


def with_claim_story(workframe: Workframe, present: Sequence[str], now: datetime) -> Workframe:
    """The workframe with all of these; `present` are the kinds of events in the order that they have at one instant."""
    return _with_decided(_with_begun(workframe, present, now), present)


def _with_begun(workframe: Workframe, present: Sequence[str], now: datetime) -> Workframe:
    """The workframe with the instants at which the claim began and its status was seen, and the day of the first."""
    known = at_of(present[0]).is_null()
    current = nw.when(known | ~known).then(instant_literal(workframe.frame, now))
    filed = at_of("filed") if "filed" in present else nothing_like(at_of(present[0]))
    workframe = workframe.with_columns(**{NOW: current, FILED_AT: filed})
    seen = choose_instant(
        workframe, nw.max_horizontal, [nw.col(NOW), *(at_of(kind) for kind in present if kind in EVENT_CLASSES)]
    )
    moving = [at_of(kind) for kind in present if kind in MOVING]
    moved = choose_instant(workframe, nw.min_horizontal, moving, nw.col(NOW))
    workframe = workframe.with_columns(**{SEEN_AT: seen, f"{PREFIX}moved": moved})
    began = [nw.col(FILED_AT), nw.col(f"{PREFIX}moved")]
    if workframe.has("status"):
        began.append(nw.when(_status_in(workframe, tuple(ClaimStatus))).then(nw.col(SEEN_AT)))
    workframe = workframe.with_columns(**{_BEGUN: nw.coalesce(*began, nw.col(NOW))})
    return workframe.with_frame(engine_of(workframe.frame).local_day(workframe.frame, _BEGUN, BEGUN_ON))


def _with_decided(workframe: Workframe, present: Sequence[str]) -> Workframe:
    """The workframe with the last instant that brought a decision, and whether the status shows a further one.

    An event that repeats the status decides nothing, so two that lead to one status are told apart by what was before.
    """
    decided: list[nw.Expr] = []
    targets = [target_of(kind) for kind in present]
    for kind in present:
        target = target_of(kind)
        if target is None or target is ClaimStatus.UNDER_REVIEW:
            continue
        if targets.count(target) == 1:
            decided.append(at_of(kind))
            continue
        before = f"{PREFIX}before_{kind}"
        workframe = with_status(workframe, present, before, before=kind)
        changes = nw.col(before).is_null() | (nw.col(before) != target.value)
        workframe = workframe.with_columns(**{f"{before}_changes": nw.when(changes).then(at_of(kind))})
        decided.append(nw.col(f"{before}_changes"))
    last = choose_instant(workframe, nw.max_horizontal, decided, nw.col(NOW))
    workframe = workframe.with_columns(**{DECIDED_AT: last})
    further: nw.Expr | None = None
    if workframe.has("status"):
        known = f"{PREFIX}known_status"
        workframe = with_status(workframe, present, known)
        other = nw.col(known).is_null() | (nw.col(known) != nw.col(workframe.column("status")).cast(nw.String))
        others = tuple(status for status in ClaimStatus if status is not ClaimStatus.UNDER_REVIEW)
        further = _status_in(workframe, others) & other
    return workframe.with_columns(**{DECIDED_UNSEEN: flag(further)})


def _status_in(workframe: Workframe, statuses: Sequence[ClaimStatus]) -> nw.Expr:
    return nw.col(workframe.column("status")).cast(nw.String).is_in([status.value for status in statuses])

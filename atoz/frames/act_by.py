"""By when to act, for a whole table: the earliest instant among the readings of a deadline that still run.

>>> import polars as pl
>>> from datetime import UTC
>>> claims = pl.DataFrame({"marketplace": ["US"], "filed_at": [datetime(2026, 11, 20, 16, tzinfo=UTC)]})
>>> counted = with_act_by(claims, which="answer_amazon", as_of=datetime(2026, 11, 21, tzinfo=UTC))
>>> counted["act_by"][0].isoformat(), *counted.row(0)[3:]
('2026-11-23T16:00:00+00:00', 'us-2026', 'soft', None)
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import cast

import narwhals as nw
from narwhals.typing import IntoFrameT

from atoz.errors import Fault, InvalidDocument
from atoz.frames.claim_story import MOVING, with_claim_story
from atoz.frames.date_columns import with_days, with_instants, with_zone
from atoz.frames.date_offsets import instant_literal, nothing_like
from atoz.frames.deadline_question import FILED, DeadlineQuestion, deadline_question, open_claims
from atoz.frames.edition_per_row import ROW_MARKETPLACE, with_row_edition
from atoz.frames.engine_errors import engine_errors
from atoz.frames.engines import ZONE
from atoz.frames.engines.dask import by_partition
from atoz.frames.frame_types import PREFIX
from atoz.frames.latest_clock_run import choose_instant, event_kinds_read, fact_of
from atoz.frames.marketplaces import normalized
from atoz.frames.reading_columns import RowReadings
from atoz.frames.reading_spans import reading_spans
from atoz.frames.running_clocks import LOOKED
from atoz.frames.workframe import Workframe, close_workframe
from atoz.model.events import EVENT_CLASSES
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.edition import DEFAULT_EDITION, Edition

_OUTPUTS = ("act_by", "act_by_edition", "act_by_kind", "act_by_missing")


def with_act_by(
    frame: IntoFrameT,
    *,
    which: DeadlineName | str,
    as_of: datetime,
    edition: str | Edition = DEFAULT_EDITION,
    columns: Mapping[str, str] | None = None,
    editions: Iterable[Edition] = (),
) -> IntoFrameT:
    """The table with `act_by` of one deadline of each claim: what `atoz.deadlines` says, for all rows at once.

    A row is one claim, with the columns of `with_deadlines` and `nothing_asked_at`. The day of `filed_at` in the row's
    marketplace decides which rules were in force; else that of its first event, or of `as_of`. The deadline is counted
    by the row's own edition, by those in force and, where these have no figure, by one that is in force elsewhere;
    `act_by` is the earliest instant that still runs, and null where there is none. `act_by_edition` is the edition
    whose reading says so and `act_by_kind` how much weight it carries: `stated`, `firm`, `soft` or `borrowed`.
    `act_by_missing` is `marketplace` where none is known.

    Raises:
        UnknownName: no such deadline or edition; `columns` names what is not read.
        InvalidDocument: `as_of` is naive; the deadline is the buyer's; columns are missing, hold days or text, or
            would be overwritten.
    """
    question = deadline_question(which, edition, columns, editions, as_of=as_of)
    if question.rules.party != "seller":
        message = f"{question.name} is the buyer's deadline: nothing is to be done by the seller"
        raise InvalidDocument("table", (Fault("which", "not_the_sellers", message),))
    with engine_errors("table"):
        return by_partition(frame, partial(_act_by, question=question))


def _act_by(frame: IntoFrameT, *, question: DeadlineQuestion) -> IntoFrameT:
    rules = question.rules
    kinds = tuple(dict.fromkeys((*event_kinds_read(rules), *MOVING, LOOKED)))
    workframe, facts, choice = open_claims(frame, question, kinds, _OUTPUTS, places_required=False)
    if not workframe.has("marketplace"):
        return cast("IntoFrameT", close_workframe(_without_place(workframe), _OUTPUTS))
    days = (FILED,) if workframe.has(FILED) else ()
    workframe = with_instants(with_days(with_zone(workframe), days), dict.fromkeys(facts, "a deadline"))
    workframe = with_row_edition(workframe, choice, FILED)
    workframe = workframe.with_columns(**{ROW_MARKETPLACE: normalized(workframe.column("marketplace"))})
    present = [kind for kind in dict.fromkeys((*rules.starts_with, *EVENT_CLASSES, *kinds)) if kind in kinds]
    workframe = with_claim_story(workframe, [kind for kind in present if workframe.has(fact_of(kind))], question.now)
    readings = RowReadings(question.name, choice, reading_spans(question.name), question.now)
    return cast("IntoFrameT", close_workframe(_with_results(workframe, readings), _OUTPUTS))


def _without_place(workframe: Workframe) -> Workframe:
    """The workframe of a table without marketplaces: which rules are in force cannot be told of any row."""
    instant, text = instant_literal(workframe.frame, datetime(1970, 1, 1, tzinfo=UTC)), nw.lit("").cast(nw.String)
    nothing = {"act_by": nothing_like(instant), "act_by_edition": nothing_like(text), "act_by_kind": nothing_like(text)}
    missing = {"act_by_missing": nw.lit("marketplace")}
    return workframe.with_columns(**{f"{PREFIX}{out}": value for out, value in (nothing | missing).items()})


def _with_results(workframe: Workframe, readings: RowReadings) -> Workframe:
    """The workframe with the earliest instant of its readings, and the first reading that says so."""
    workframe, columns = readings.with_columns(workframe)
    instants = [*(reading.instant for reading in columns.counted), columns.borrowed_instant]
    earliest = choose_instant(workframe, nw.min_horizontal, list(map(nw.col, instants)))
    placed, act_by = ~nw.col(ZONE).is_null(), f"{PREFIX}act_by"
    workframe = workframe.with_columns(**{f"{PREFIX}earliest": earliest})
    workframe = workframe.with_columns(**{act_by: nw.when(placed).then(nw.col(f"{PREFIX}earliest"))})
    says_so = [(nw.col(reading.instant) == nw.col(act_by), reading) for reading in columns.counted]
    pinned = [
        (holds & pins, reading) for holds, reading in says_so if (pins := readings.pins(reading.edition)) is not None
    ]
    says_so = [*pinned, *says_so]  # where editions differ by row, the row's own speaks first
    says_so += [(nw.col(reading.instant) == nw.col(act_by), reading) for reading in columns.borrowed]
    known = ~nw.col(act_by).is_null()
    editions = [(known & holds, nw.lit(reading.edition.reference)) for holds, reading in says_so]
    return workframe.with_columns(
        **{
            f"{PREFIX}act_by_edition": _first(editions),
            f"{PREFIX}act_by_kind": _first([(known & holds, reading.kind) for holds, reading in says_so]),
            f"{PREFIX}act_by_missing": nw.when(~placed).then(nw.lit("marketplace")),
        }
    )


def _first(cases: list[tuple[nw.Expr, nw.Expr]]) -> nw.Expr:
    """The value of the first case that holds."""
    (holds, value), *others = cases
    chosen = nw.when(holds).then(value)
    for condition, other in others:
        chosen = chosen.when(condition).then(other)
    return chosen

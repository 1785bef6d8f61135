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
from typing import NamedTuple, cast

import narwhals as nw
from narwhals.typing import IntoFrameT

from atoz.errors import Fault, InvalidDocument
from atoz.frames.claim_story import (
    BEGUN_ON,
    DECIDED_AT,
    DECIDED_UNSEEN,
    FILED_AT,
    MOVING,
    NOW,
    SEEN_AT,
    with_claim_story,
)
from atoz.frames.date_columns import check_dates, check_text, with_days, with_instants, with_zone
from atoz.frames.date_offsets import instant_literal, nothing_like
from atoz.frames.deadlines import deadline_name, starts_missing
from atoz.frames.edition_per_row import (
    ROW_EDITION,
    ROW_MARKETPLACE,
    EditionChoice,
    edition_choice,
    with_row_edition,
)
from atoz.frames.engine_errors import engine_errors
from atoz.frames.engines import ZONE
from atoz.frames.engines.dask import by_partition
from atoz.frames.frame_types import PREFIX
from atoz.frames.latest_clock_run import (
    STATES_DEADLINE,
    ClockRun,
    at_of,
    choose_instant,
    event_kinds_read,
    fact_of,
    flag,
    with_clock_run,
)
from atoz.frames.marketplaces import normalized
from atoz.frames.reading_spans import FigureOf, ReadingSpans, Spans, lies_in, reading_spans
from atoz.frames.window_parameters import with_instant_after
from atoz.frames.workframe import Workframe, close_workframe, open_workframe, require
from atoz.model.events import EVENT_CLASSES
from atoz.model.instant import instant_argument
from atoz.rulebook.deadline_basis import figures_for
from atoz.rulebook.deadline_clock import Clock, DeadlineName, clock
from atoz.rulebook.edition import DEFAULT_EDITION, IN_FORCE, Edition, passed_editions
from atoz.rulebook.parameter import FigureKind, Parameter
from atoz.rulebook.readings import LAST_DAY_OF_SEVEN_DAYS, ReadingKind

_OUTPUTS = ("act_by", "act_by_edition", "act_by_kind", "act_by_missing")
_FILED, _LOOKED = "filed_at", "nothing_asked"
_SOFTENED, _MAY_BORROW = f"{PREFIX}softened", f"{PREFIX}may_borrow"


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
    name, now, passed = deadline_name(which), instant_argument("as_of", as_of), passed_editions(editions)
    if clock(name).party != "seller":
        message = f"{name} is the buyer's deadline: nothing is to be done by the seller"
        raise InvalidDocument("table", (Fault("which", "not_the_sellers", message),))
    with engine_errors("table"):
        count = partial(_act_by, name=name, now=now, edition=edition, columns=columns, editions=passed)
        return by_partition(frame, count)


def _act_by(
    frame: IntoFrameT,
    *,
    name: DeadlineName,
    now: datetime,
    edition: str | Edition,
    columns: Mapping[str, str] | None,
    editions: tuple[Edition, ...],
) -> IntoFrameT:
    rules = clock(name)
    kinds = dict.fromkeys((*event_kinds_read(rules), *MOVING, _LOOKED))
    dated = tuple(dict.fromkeys((*map(fact_of, kinds), *(("respond_by",) if STATES_DEADLINE in kinds else ()))))
    workframe = open_workframe(frame, columns, (*dated, _FILED, "marketplace", "status", "edition", *_OUTPUTS))
    choice = edition_choice(workframe, edition, editions)
    picked = (_FILED,) if choice.default == IN_FORCE else ()
    require(workframe, (*starts_missing(workframe, rules), *picked), _OUTPUTS)
    facts = [fact for fact in dated if workframe.has(fact)]
    check_dates(workframe, facts)
    check_text(workframe, ("status",))
    if not workframe.has("marketplace"):
        return cast("IntoFrameT", close_workframe(_without_place(workframe), _OUTPUTS))
    days = (_FILED,) if workframe.has(_FILED) else ()
    workframe = with_instants(with_days(with_zone(workframe), days), dict.fromkeys(facts, "a deadline"))
    workframe = with_row_edition(workframe, choice, _FILED)
    workframe = workframe.with_columns(**{ROW_MARKETPLACE: normalized(workframe.column("marketplace"))})
    present = [kind for kind in dict.fromkeys((*rules.starts_with, *EVENT_CLASSES, *kinds)) if kind in kinds]
    workframe = with_claim_story(workframe, [kind for kind in present if workframe.has(fact_of(kind))], now)
    workframe = _Count(name, rules, choice, reading_spans(name), now).with_results(workframe)
    return cast("IntoFrameT", close_workframe(workframe, _OUTPUTS))


def _without_place(workframe: Workframe) -> Workframe:
    """The workframe of a table without marketplaces: which rules are in force cannot be told of any row."""
    instant, text = instant_literal(workframe.frame, datetime(1970, 1, 1, tzinfo=UTC)), nw.lit("").cast(nw.String)
    nothing = {"act_by": nothing_like(instant), "act_by_edition": nothing_like(text), "act_by_kind": nothing_like(text)}
    missing = {"act_by_missing": nw.lit("marketplace")}
    return workframe.with_columns(**{f"{PREFIX}{out}": value for out, value in (nothing | missing).items()})


class _Run(NamedTuple):
    """The columns of one run of every row's clock, and whether it still asks for something."""

    facts: ClockRun
    asks: str
    asks_if_soft: str
    """The same for a soft figure: the clock of the notice ends with a question, or once the seller looked."""
    due: dict[Parameter, str]
    """The instant by each figure that it is counted with."""


class _Reading(NamedTuple):
    """One reading of every row: the column of its instant, whose it is, and how much weight it carries."""

    instant: str
    edition: Edition
    kind: nw.Expr


class _Count(NamedTuple):
    """One deadline of a table's rows, and what is known of it before any row is read."""

    name: DeadlineName
    rules: Clock
    choice: EditionChoice
    spans: ReadingSpans
    now: datetime

    def with_results(self, workframe: Workframe) -> Workframe:
        """The workframe with what is put out."""
        pinned = [
            (edition, figure)
            for edition in self.choice.candidates
            for figure in figures_for(edition, self.name) or (None,)
        ]
        figures = tuple(dict.fromkeys((*pinned, *self.spans.in_force)))
        workframe = self._with_places(workframe)
        workframe, runs = self._with_runs(workframe, (*figures, *self.spans.lent))
        instants: dict[str, nw.Expr] = {}
        readings: list[_Reading] = []
        for place, key in enumerate(figures):
            for sooner in (False, True) if key[1] and STATES_DEADLINE in key[1].starts_with else (False,):
                column = f"{PREFIX}reading{place}{'_sooner' if sooner else ''}"
                instants[column] = self._instant(key, runs[self._starts(key)], sooner=sooner)
                kind = nw.lit(ReadingKind.SOFT.value) if sooner else self._kind(key, runs[self._starts(key)])
                readings.append(_Reading(column, key[0], kind))
        workframe, borrowed = self._with_borrowed(workframe.with_columns(**instants), runs)
        earliest = choose_instant(
            workframe, nw.min_horizontal, [nw.col(column) for column in (*instants, f"{PREFIX}borrowed")]
        )
        placed, act_by = ~nw.col(ZONE).is_null(), f"{PREFIX}act_by"
        workframe = workframe.with_columns(**{f"{PREFIX}earliest": earliest})
        workframe = workframe.with_columns(**{act_by: nw.when(placed).then(nw.col(f"{PREFIX}earliest"))})
        cases = [(nw.col(reading.instant) == nw.col(act_by), reading) for reading in readings]
        if self.choice.per_row:  # the row's own edition speaks first
            whose = [(condition, reading, self._pinned(reading.edition)) for condition, reading in cases]
            cases = [(condition & pins, reading) for condition, reading, pins in whose if pins is not None] + cases
        cases += [(nw.col(reading.instant) == nw.col(act_by), reading) for reading in borrowed]
        known = ~nw.col(act_by).is_null()
        return workframe.with_columns(
            **{
                f"{PREFIX}act_by_edition": _first(
                    [(known & holds, nw.lit(reading.edition.reference)) for holds, reading in cases]
                ),
                f"{PREFIX}act_by_kind": _first([(known & holds, reading.kind) for holds, reading in cases]),
                f"{PREFIX}act_by_missing": nw.when(~placed).then(nw.lit("marketplace")),
            }
        )

    def _with_places(self, workframe: Workframe) -> Workframe:
        """The workframe with what a row's day and marketplace decide of the rules themselves."""
        late = nw.col(BEGUN_ON) > LAST_DAY_OF_SEVEN_DAYS
        softened = late & ~self._lies_in(self.spans.by_notice) if self.spans.by_notice else late
        has_figure = self._lies_in(self.spans.with_figure)
        for edition, spans in self.spans.pinned_with_figure.items():
            pins = self._pinned(edition)
            if edition in self.choice.candidates:
                has_figure = has_figure | (self._lies_in(spans) if pins is None else self._lies_in(spans) & pins)
        may_borrow = flag(~nw.col(BEGUN_ON).is_null() & ~has_figure)
        return workframe.with_columns(**{_SOFTENED: flag(softened), _MAY_BORROW: may_borrow})

    def _lies_in(self, spans: Spans) -> nw.Expr:
        return lies_in(spans, BEGUN_ON, ROW_MARKETPLACE)

    def _starts(self, key: FigureOf) -> tuple[str, ...]:
        return key[1].starts_with if key[1] else self.rules.starts_with

    def _pinned(self, edition: Edition) -> nw.Expr | None:
        """Whether the row is counted by an edition; none where all rows are, or none is."""
        if not self.choice.per_row or edition not in self.choice.candidates:
            return None
        return (
            nw.when(nw.col(ROW_EDITION) == self.choice.candidates.index(edition)).then(nw.lit(1)).otherwise(nw.lit(0))
            == 1
        )

    def _with_runs(
        self, workframe: Workframe, keys: Iterable[FigureOf]
    ) -> tuple[Workframe, dict[tuple[str, ...], _Run]]:
        """The workframe with every run that the figures are counted with, each read from the row once."""
        runs: dict[tuple[str, ...], _Run] = {}
        for key in keys:
            starts = self._starts(key)
            if starts not in runs:
                workframe, runs[starts] = self._with_run(workframe, starts, f"run{len(runs)}")
            run, figure = runs[starts], key[1]
            if figure is None or figure in run.due:
                continue
            same = [run.due[other] for other in run.due if (other.value, other.unit) == (figure.value, figure.unit)]
            if not same:
                same = [f"{run.asks}_due{len(run.due)}"]
                workframe = with_instant_after(workframe, run.facts.start, figure.value, figure.unit, same[0])
            run.due[figure] = same[0]
        return workframe, runs

    def _with_run(self, workframe: Workframe, starts: tuple[str, ...], key: str) -> tuple[Workframe, _Run]:
        """The workframe with one run, and with whether it still asks for something."""
        workframe, facts = with_clock_run(workframe, self.rules, starts, key)
        asks, asks_if_soft, begun = f"{PREFIX}{key}_asks", f"{PREFIX}{key}_asks_if_soft", f"{PREFIX}{key}_begun"
        unseen = nw.col(facts.unseen) == 1
        since = nw.when(unseen).then(nw.col(SEEN_AT)).otherwise(nw.col(facts.start))
        workframe = workframe.with_columns(**{begun: since})
        waits = (nw.col(facts.started) == 1) & (nw.col(facts.left_unseen) == 0)
        waits = waits & nw.col(facts.ended).is_null() & nw.col(facts.left).is_null()
        if self.name is not DeadlineName.APPEAL:  # it is against a decision
            later = flag(nw.col(DECIDED_AT) >= nw.col(begun)) == 1
            seen_later = flag((nw.col(DECIDED_UNSEEN) == 1) & (nw.col(SEEN_AT) >= nw.col(begun))) == 1
            waits = waits & ~later & ~seen_later
        checks = [at_of(kind) for kind in (STATES_DEADLINE, _LOOKED) if workframe.has(fact_of(kind))]
        looked: nw.Expr | None = None
        for check in checks if self.name is DeadlineName.ANSWER_AMAZON else ():
            after = flag(check >= nw.col(begun)) == 1
            looked = after if looked is None else looked | after
        heard = waits & ~(unseen & looked) if looked is not None else waits
        quiet = heard & ~((nw.col(facts.by_notice) == 1) & looked) if looked is not None else heard
        return workframe.with_columns(**{asks: flag(heard), asks_if_soft: flag(quiet)}), _Run(
            facts, asks, asks_if_soft, {}
        )

    def _due(self, figure: Parameter | None, run: _Run) -> nw.Expr:
        """The instant of a reading: what the notice states, what is counted, or now where no start was seen."""
        if figure is None:
            return nw.col(run.facts.stated)
        own = nw.coalesce(nw.col(run.facts.stated), nw.col(run.due[figure]))
        if self.name is DeadlineName.ANSWER_AMAZON or not self.rules.during:
            return own
        return nw.when(nw.col(run.facts.unseen) == 1).then(nw.col(NOW)).otherwise(own)

    def _instant(self, key: FigureOf, run: _Run, *, sooner: bool) -> nw.Expr:
        """The instant of one reading, where it is the row's, runs and can still be met or mended."""
        edition, figure = key
        due = self._due(figure, run)
        if sooner and figure is not None:
            own = nw.col(run.due[figure])
            due = nw.when(own < nw.col(run.facts.stated)).then(own)
        asks = nw.col(run.asks_if_soft if self._is_soft(figure) else run.asks) == 1
        softened = self._softened(edition)
        if softened is not None and not self._is_soft(figure):
            asks = (softened & (nw.col(run.asks_if_soft) == 1)) | (~softened & asks)
        reads = self._reads(key)
        counts = asks if reads is None else asks & reads
        return nw.when(counts & self._is_mendable(due, run)).then(due)

    def _is_soft(self, figure: Parameter | None) -> bool:
        return figure is None or figure.kind is FigureKind.SOFT

    def _softened(self, edition: Edition) -> nw.Expr | None:
        """Whether a firm figure is soft, since it is the pinned edition's and no rule in force says the same."""
        if edition not in self.choice.candidates:
            return None
        pins, late = self._pinned(edition), nw.col(_SOFTENED) == 1
        return late if pins is None else late & pins

    def _reads(self, key: FigureOf) -> nw.Expr | None:
        """Whether a figure is one of the row's; none where it is for all of them."""
        edition, figure = key
        in_force = self._lies_in(self.spans.in_force[key]) if key in self.spans.in_force else None
        if edition not in self.choice.candidates:
            return in_force
        pins = self._pinned(edition)
        if figure not in (figures_for(edition, self.name) or (None,)):
            return in_force if pins is None or in_force is None else in_force & ~pins
        if pins is None:
            return None
        return pins if in_force is None else pins | (flag(in_force) == 1)

    def _is_mendable(self, due: nw.Expr, run: _Run) -> nw.Expr:
        """Not what was missed for good: an appeal, or what the buyer waited for before the claim was filed."""
        missed = (due < self.now) & (nw.col(run.facts.again) == 0)
        if self.name is DeadlineName.APPEAL:
            return flag(missed) == 0
        if self.rules.before_claim:
            return flag(missed & ~nw.col(FILED_AT).is_null()) == 0
        return ~due.is_null()

    def _kind(self, key: FigureOf, run: _Run) -> nw.Expr:
        """How much weight a reading carries."""
        edition, figure = key
        soft = nw.col(run.facts.again) == 1
        softened = self._softened(edition)
        if softened is not None:
            soft = soft | (softened & (nw.col(run.facts.by_notice) == 1))
        firm = nw.lit(ReadingKind.SOFT.value if self._is_soft(figure) else ReadingKind.FIRM.value)
        stated = ~nw.col(run.facts.stated).is_null()
        kinds = nw.when(stated).then(nw.lit(ReadingKind.STATED.value)).when(soft).then(nw.lit(ReadingKind.SOFT.value))
        return kinds.otherwise(firm)

    def _with_borrowed(
        self, workframe: Workframe, runs: Mapping[tuple[str, ...], _Run]
    ) -> tuple[Workframe, list[_Reading]]:
        """The workframe with the instant that is borrowed, and what it may be borrowed from.

        The earliest that runs is; where only the status was seen, whatever edition has the shortest figure.
        """
        lends: dict[str, nw.Expr] = {}
        readings: list[_Reading] = []
        for place, (key, spans) in enumerate(self.spans.lent.items()):
            run, column = runs[self._starts(key)], f"{PREFIX}lent{place}"
            asks = (nw.col(_MAY_BORROW) == 1) & (nw.col(run.asks) == 1) & self._lies_in(spans)
            unseen = (nw.col(run.facts.unseen) == 1) & ~self._lies_in(self.spans.lent_first.get(key[0], ()))
            lends[column] = nw.when(asks & ~unseen).then(self._due(key[1], run))
            stated = ~nw.col(run.facts.stated).is_null()
            kind = nw.when(stated).then(nw.lit(ReadingKind.STATED.value)).otherwise(nw.lit(ReadingKind.BORROWED.value))
            readings.append(_Reading(column, key[0], kind))
        earliest, out = f"{PREFIX}lent", f"{PREFIX}borrowed"
        workframe = workframe.with_columns(**lends) if lends else workframe
        chosen = choose_instant(workframe, nw.min_horizontal, [nw.col(column) for column in lends], nw.col(NOW))
        workframe = workframe.with_columns(**{earliest: chosen})
        lender = next((runs[self._starts(key)] for key in self.spans.lent), next(iter(runs.values())))
        mendable = self._is_mendable(nw.col(earliest), lender)
        return workframe.with_columns(**{out: nw.when(mendable).then(nw.col(earliest))}), readings


def _first(cases: list[tuple[nw.Expr, nw.Expr]]) -> nw.Expr:
    """The value of the first case that holds."""
    (holds, value), *others = cases
    chosen = nw.when(holds).then(value)
    for condition, other in others:
        chosen = chosen.when(condition).then(other)
    return chosen

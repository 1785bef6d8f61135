"""The readings of a deadline as columns: whose they are, their instants, and how much weight they carry."""

from datetime import datetime
from typing import NamedTuple

import narwhals as nw

from atoz.frames.claim_story import BEGUN_ON, FILED_AT, NOW
from atoz.frames.edition_per_row import ROW_EDITION, ROW_MARKETPLACE, EditionChoice
from atoz.frames.frame_types import PREFIX
from atoz.frames.latest_clock_run import STATES_DEADLINE, choose_instant, flag
from atoz.frames.reading_spans import FigureOf, ReadingSpans, Spans, lies_in
from atoz.frames.running_clocks import RunningClock, RunningClocks, with_running_clocks
from atoz.frames.workframe import Workframe
from atoz.rulebook.deadline_basis import figures_for
from atoz.rulebook.deadline_clock import DeadlineName, clock
from atoz.rulebook.edition import Edition
from atoz.rulebook.parameter import FigureKind, Parameter
from atoz.rulebook.readings import LAST_DAY_OF_SEVEN_DAYS, ReadingKind

_SOFTENED, _MAY_BORROW = f"{PREFIX}softened", f"{PREFIX}may_borrow"


class ReadingColumn(NamedTuple):
    """One reading of every row: the column of its instant, whose it is, and how much weight it carries."""

    instant: str
    edition: Edition
    kind: nw.Expr


class ReadingColumns(NamedTuple):
    """Every reading that some row can have."""

    counted: tuple[ReadingColumn, ...]
    """By the pinned edition and those in force."""
    borrowed: tuple[ReadingColumn, ...]
    """What can be borrowed, of which a row takes at most one."""
    borrowed_instant: str
    """The instant that a row borrows."""


class RowReadings(NamedTuple):
    """The readings of one deadline of a table's rows, as far as they are known before any row is read."""

    name: DeadlineName
    choice: EditionChoice
    spans: ReadingSpans
    now: datetime

    def with_columns(self, workframe: Workframe) -> tuple[Workframe, ReadingColumns]:
        """The workframe with the instant of each reading; null where it is not the row's, or asks for nothing."""
        pinned = [
            (edition, figure)
            for edition in self.choice.candidates
            for figure in figures_for(edition, self.name) or (None,)
        ]
        keys = tuple(dict.fromkeys((*pinned, *self.spans.in_force)))
        workframe = self._with_places(workframe)
        workframe, clocks = with_running_clocks(workframe, self.name, (*keys, *self.spans.lent))
        instants: dict[str, nw.Expr] = {}
        readings: list[ReadingColumn] = []
        for place, (edition, figure) in enumerate(keys):
            run, column = clocks.of(figure), f"{PREFIX}reading{place}"
            instants[column] = self._instant((edition, figure), run, run.due_by(figure, self.name))
            readings.append(ReadingColumn(column, edition, self._kind((edition, figure), run)))
            if figure and STATES_DEADLINE in figure.starts_with:
                sooner = f"{column}_sooner"
                instants[sooner] = self._instant((edition, figure), run, run.sooner_than_stated(figure))
                readings.append(ReadingColumn(sooner, edition, nw.lit(ReadingKind.SOFT.value)))
        workframe, borrowed = self._with_borrowed(workframe.with_columns(**instants), clocks)
        return workframe, ReadingColumns(tuple(readings), borrowed, f"{PREFIX}borrowed")

    def pins(self, edition: Edition) -> nw.Expr | None:
        """Whether the row is counted by an edition; none where all rows are, or none is."""
        if not self.choice.per_row or edition not in self.choice.candidates:
            return None
        place = self.choice.candidates.index(edition)
        return flag(nw.col(ROW_EDITION) == place) == 1

    def _with_places(self, workframe: Workframe) -> Workframe:
        """The workframe with what a row's day and marketplace decide of the rules themselves."""
        late = nw.col(BEGUN_ON) > LAST_DAY_OF_SEVEN_DAYS
        softened = late & ~_lies_in(self.spans.by_notice) if self.spans.by_notice else late
        has_figure = _lies_in(self.spans.with_figure)
        for edition, spans in self.spans.pinned_with_figure.items():
            pins = self.pins(edition)
            if edition in self.choice.candidates:
                has_figure = has_figure | (_lies_in(spans) if pins is None else _lies_in(spans) & pins)
        may_borrow = flag(~nw.col(BEGUN_ON).is_null() & ~has_figure)
        return workframe.with_columns(**{_SOFTENED: flag(softened), _MAY_BORROW: may_borrow})

    def _instant(self, key: FigureOf, run: RunningClock, due: nw.Expr) -> nw.Expr:
        """The instant of one reading, where it is the row's, runs and can still be met or mended."""
        edition, figure = key
        asks = nw.col(run.asks_if_soft if _is_soft(figure) else run.asks) == 1
        softened = self._softened(edition)
        if softened is not None and not _is_soft(figure):
            asks = (softened & (nw.col(run.asks_if_soft) == 1)) | (~softened & asks)
        reads = self._reads(key)
        counts = asks if reads is None else asks & reads
        return nw.when(counts & self._is_mendable(due, run)).then(due)

    def _softened(self, edition: Edition) -> nw.Expr | None:
        """Whether a firm figure is soft, since it is the pinned edition's and no rule in force says the same."""
        if edition not in self.choice.candidates:
            return None
        pins, late = self.pins(edition), nw.col(_SOFTENED) == 1
        return late if pins is None else late & pins

    def _reads(self, key: FigureOf) -> nw.Expr | None:
        """Whether a figure is one of the row's; none where it is for all of them."""
        edition, figure = key
        in_force = _lies_in(self.spans.in_force[key]) if key in self.spans.in_force else None
        if edition not in self.choice.candidates:
            return in_force
        pins = self.pins(edition)
        if figure not in (figures_for(edition, self.name) or (None,)):
            return in_force if pins is None or in_force is None else in_force & ~pins
        if pins is None:
            return None
        return pins if in_force is None else pins | (flag(in_force) == 1)

    def _is_mendable(self, due: nw.Expr, run: RunningClock) -> nw.Expr:
        """Not what was missed for good: an appeal, or what the buyer waited for before the claim was filed."""
        missed = (due < self.now) & (nw.col(run.facts.again) == 0)
        if self.name is DeadlineName.APPEAL:
            return flag(missed) == 0
        if clock(self.name).before_claim:
            return flag(missed & ~nw.col(FILED_AT).is_null()) == 0
        return ~due.is_null()

    def _kind(self, key: FigureOf, run: RunningClock) -> nw.Expr:
        """How much weight a reading carries."""
        edition, figure = key
        soft = nw.col(run.facts.again) == 1
        softened = self._softened(edition)
        if softened is not None:
            soft = soft | (softened & (nw.col(run.facts.by_notice) == 1))
        firm = nw.lit(ReadingKind.SOFT.value if _is_soft(figure) else ReadingKind.FIRM.value)
        kinds = nw.when(_is_stated(run)).then(nw.lit(ReadingKind.STATED.value))
        return kinds.when(soft).then(nw.lit(ReadingKind.SOFT.value)).otherwise(firm)

    def _with_borrowed(
        self, workframe: Workframe, clocks: RunningClocks
    ) -> tuple[Workframe, tuple[ReadingColumn, ...]]:
        """The workframe with the instant that is borrowed, and what it may be borrowed from.

        The earliest that runs is; where only the status was seen, whatever edition has the shortest figure.
        """
        lends: dict[str, nw.Expr] = {}
        readings: list[ReadingColumn] = []
        for place, ((edition, figure), spans) in enumerate(self.spans.lent.items()):
            run, column = clocks.of(figure), f"{PREFIX}lent{place}"
            asks = (nw.col(_MAY_BORROW) == 1) & (nw.col(run.asks) == 1) & _lies_in(spans)
            unseen = (nw.col(run.facts.unseen) == 1) & ~_lies_in(self.spans.lent_first.get(edition, ()))
            lends[column] = nw.when(asks & ~unseen).then(run.due_by(figure, self.name))
            stated, lent = nw.lit(ReadingKind.STATED.value), nw.lit(ReadingKind.BORROWED.value)
            kind = nw.when(_is_stated(run)).then(stated).otherwise(lent)
            readings.append(ReadingColumn(column, edition, kind))
        workframe = workframe.with_columns(**lends) if lends else workframe
        earliest = f"{PREFIX}lent"
        chosen = choose_instant(workframe, nw.min_horizontal, [nw.col(column) for column in lends], nw.col(NOW))
        workframe = workframe.with_columns(**{earliest: chosen})
        lender = next((clocks.of(figure) for _, figure in self.spans.lent), next(iter(clocks.runs.values())))
        mendable = self._is_mendable(nw.col(earliest), lender)
        borrowed = nw.when(mendable).then(nw.col(earliest))
        return workframe.with_columns(**{f"{PREFIX}borrowed": borrowed}), tuple(readings)


def _lies_in(spans: Spans) -> nw.Expr:
    return lies_in(spans, BEGUN_ON, ROW_MARKETPLACE)


def _is_soft(figure: Parameter | None) -> bool:
    return figure is None or figure.kind is FigureKind.SOFT


def _is_stated(run: RunningClock) -> nw.Expr:
    return ~nw.col(run.facts.stated).is_null()

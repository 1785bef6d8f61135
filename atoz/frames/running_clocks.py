"""The latest run of a clock in every row, whether it still asks for something, and when by each figure it is due."""

from collections.abc import Iterable
from typing import NamedTuple

import narwhals as nw

from atoz.frames.claim_story import DECIDED_AT, DECIDED_UNSEEN, NOW, SEEN_AT
from atoz.frames.frame_types import PREFIX
from atoz.frames.latest_clock_run import STATES_DEADLINE, ClockRun, at_of, fact_of, flag, with_clock_run
from atoz.frames.reading_spans import FigureOf
from atoz.frames.window_parameters import with_instant_after
from atoz.frames.workframe import Workframe
from atoz.rulebook.deadline_clock import Clock, DeadlineName, clock
from atoz.rulebook.parameter import Parameter

LOOKED = "nothing_asked"
"""The event that says that the seller looked and found no question."""


class RunningClock(NamedTuple):
    """The columns of one run of every row's clock, and whether it still asks for something."""

    facts: ClockRun
    asks: str
    asks_if_soft: str
    """The same for a soft figure: the clock of the notice ends with a question, or once the seller looked."""
    due: dict[Parameter, str]
    """The instant by each figure that it is counted with."""

    def due_by(self, figure: Parameter | None, name: DeadlineName) -> nw.Expr:
        """The instant of a reading: what the notice states, what is counted, or now where no start was seen."""
        if figure is None:
            return nw.col(self.facts.stated)
        due = nw.coalesce(nw.col(self.facts.stated), nw.col(self.due[figure]))
        if name is DeadlineName.ANSWER_AMAZON or not clock(name).during:
            return due
        return nw.when(nw.col(self.facts.unseen) == 1).then(nw.col(NOW)).otherwise(due)

    def sooner_than_stated(self, figure: Parameter) -> nw.Expr:
        """The instant by a figure where it falls before the one that the notice states."""
        counted = nw.col(self.due[figure])
        return nw.when(counted < nw.col(self.facts.stated)).then(counted)


class RunningClocks(NamedTuple):
    """Every run of one deadline's clock, by what starts it."""

    rules: Clock
    runs: dict[tuple[str, ...], RunningClock]

    def of(self, figure: Parameter | None) -> RunningClock:
        """The run that a figure counts from."""
        return self.runs[_starts(figure, self.rules)]


def with_running_clocks(
    workframe: Workframe, name: DeadlineName, keys: Iterable[FigureOf]
) -> tuple[Workframe, RunningClocks]:
    """The workframe with every run that the figures are counted with, each read from the row once."""
    rules = clock(name)
    runs: dict[tuple[str, ...], RunningClock] = {}
    for _, figure in keys:
        starts = _starts(figure, rules)
        if starts not in runs:
            workframe, runs[starts] = _with_run(workframe, name, starts, f"run{len(runs)}")
        run = runs[starts]
        if figure is None or figure in run.due:
            continue
        same = [run.due[other] for other in run.due if (other.value, other.unit) == (figure.value, figure.unit)]
        if not same:
            same = [f"{run.asks}_due{len(run.due)}"]
            workframe = with_instant_after(workframe, run.facts.start, figure.value, figure.unit, same[0])
        run.due[figure] = same[0]
    return workframe, RunningClocks(rules, runs)


def _starts(figure: Parameter | None, rules: Clock) -> tuple[str, ...]:
    return figure.starts_with if figure else rules.starts_with


def _with_run(
    workframe: Workframe, name: DeadlineName, starts: tuple[str, ...], key: str
) -> tuple[Workframe, RunningClock]:
    """The workframe with one run, and with whether it still asks for something."""
    workframe, facts = with_clock_run(workframe, clock(name), starts, key)
    asks, asks_if_soft, begun = f"{PREFIX}{key}_asks", f"{PREFIX}{key}_asks_if_soft", f"{PREFIX}{key}_begun"
    unseen = nw.col(facts.unseen) == 1
    workframe = workframe.with_columns(**{begun: nw.when(unseen).then(nw.col(SEEN_AT)).otherwise(nw.col(facts.start))})
    waits = (nw.col(facts.started) == 1) & (nw.col(facts.left_unseen) == 0)
    waits = waits & nw.col(facts.ended).is_null() & nw.col(facts.left).is_null()
    if name is not DeadlineName.APPEAL:  # it is against a decision
        later = flag(nw.col(DECIDED_AT) >= nw.col(begun)) == 1
        seen_later = flag((nw.col(DECIDED_UNSEEN) == 1) & (nw.col(SEEN_AT) >= nw.col(begun))) == 1
        waits = waits & ~later & ~seen_later
    checks = [at_of(kind) for kind in (STATES_DEADLINE, LOOKED) if workframe.has(fact_of(kind))]
    looked: nw.Expr | None = None
    for check in checks if name is DeadlineName.ANSWER_AMAZON else ():
        after = flag(check >= nw.col(begun)) == 1
        looked = after if looked is None else looked | after
    heard = waits & ~(unseen & looked) if looked is not None else waits
    quiet = heard & ~((nw.col(facts.by_notice) == 1) & looked) if looked is not None else heard
    workframe = workframe.with_columns(**{asks: flag(heard), asks_if_soft: flag(quiet)})
    return workframe, RunningClock(facts, asks, asks_if_soft, {})

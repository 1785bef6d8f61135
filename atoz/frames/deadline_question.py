"""What a table of claims is asked about one deadline, and the columns that are read to answer it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from narwhals.typing import IntoFrame

from atoz.errors import UnknownName
from atoz.frames.date_columns import check_dates, check_text
from atoz.frames.edition_per_row import EditionChoice, edition_choice
from atoz.frames.latest_clock_run import STATES_DEADLINE, fact_of
from atoz.frames.workframe import Workframe, open_workframe, require
from atoz.model.instant import instant_argument
from atoz.rulebook.deadline_clock import Clock, DeadlineName, clock
from atoz.rulebook.edition import IN_FORCE, Edition, passed_editions

FILED = "filed_at"


class DeadlineQuestion(NamedTuple):
    """One deadline of every row at an instant, counted by these editions; `columns` renames facts and results."""

    name: DeadlineName
    now: datetime
    edition: str | Edition
    columns: Mapping[str, str] | None
    editions: tuple[Edition, ...]

    @property
    def rules(self) -> Clock:
        """What starts and ends the deadline's clock."""
        return clock(self.name)


def deadline_question(
    which: DeadlineName | str,
    edition: str | Edition,
    columns: Mapping[str, str] | None,
    editions: Iterable[Edition],
    *,
    as_of: datetime,
) -> DeadlineQuestion:
    """The question in its parts.

    Raises:
        UnknownName: there is no deadline of this name.
        InvalidDocument: `as_of` is naive.
    """
    known = [deadline.value for deadline in DeadlineName]
    if which not in known:
        raise UnknownName.with_suggestions("deadline", str(which), known)
    now = instant_argument("as_of", as_of)
    return DeadlineQuestion(DeadlineName(which), now, edition, columns, passed_editions(editions))


class ClaimColumns(NamedTuple):
    """A table of claims on its way, the dated facts that it has, and how its rows get their editions."""

    workframe: Workframe
    facts: tuple[str, ...]
    choice: EditionChoice

    @property
    def by_filing_day(self) -> bool:
        """Whether the filing day can pick a row's edition."""
        return self.choice.per_row and self.workframe.has(FILED) and self.workframe.has("marketplace")


def open_claims(
    frame: IntoFrame,
    question: DeadlineQuestion,
    kinds: Sequence[str],
    outputs: Sequence[str],
    *,
    places_required: bool,
) -> ClaimColumns:
    """The claims of a table, whose columns for these kinds of events can be read.

    `in-force` picks an edition by the filing day, so it needs that column, and the marketplace if `places_required`.

    Raises:
        UnknownName: no such edition; `columns` names what is not read.
        InvalidDocument: columns are missing, cannot be read, or would be overwritten.
    """
    stated = ("respond_by",) if STATES_DEADLINE in kinds else ()
    dated = tuple(dict.fromkeys((*map(fact_of, kinds), *stated)))
    workframe = open_workframe(frame, question.columns, (*dated, FILED, "marketplace", "status", "edition", *outputs))
    choice = edition_choice(workframe, question.edition, question.editions)
    picked = (FILED, *(("marketplace",) if places_required else ())) if choice.default == IN_FORCE else ()
    require(workframe, (*_starts_missing(workframe, question.rules), *picked), outputs)
    claims = ClaimColumns(workframe, tuple(fact for fact in dated if workframe.has(fact)), choice)
    check_dates(workframe, (*claims.facts, *((FILED,) if claims.by_filing_day else ())))
    check_text(workframe, ("status",))
    return claims


def _starts_missing(workframe: Workframe, rules: Clock) -> tuple[str, ...]:
    """The clock's first start, unless the table has one of its starts."""
    starts = [fact_of(kind) for kind in rules.starts_with]
    return () if any(map(workframe.has, starts)) else (starts[0],)

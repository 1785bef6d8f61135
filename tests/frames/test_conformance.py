"""The same answer everywhere: ten thousand random rows, on every engine, against the scalar code."""

from datetime import UTC, date, datetime
from functools import cache

import pytest

pytest.importorskip("narwhals")
pytest.importorskip("numpy")
pytest.importorskip("pyarrow")

from atoz.frames import with_act_by, with_deadlines, with_filing_window
from atoz.rulebook.deadline_clock import DeadlineName

from . import scalar
from .engines import ENGINES, rows_of

pytestmark = [
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),  # narwhals and Ibis still call it
]

WINDOWS = [
    ("faq-2016", "not_received", "on_day"),
    ("us-2020-07", "return_refused", date(2019, 3, 4)),
    ("us-2026", "return_refused", "on_day"),
    ("ae-sa-current", "return_not_refunded", "on_day"),
    ("in-current", "not_received", "on_day"),
    ("in-force", "not_received", "on_day"),
]
DEADLINES = [
    ("answer_amazon", "faq-2016"),
    ("answer_buyer", "us-2026"),
    ("appeal", "us-2026"),
    ("buyer_appeal", "uk-current"),
    ("authorise_return", "us-2026"),
    ("send_return_label", "uk-current"),
    ("refund_return", "us-2026"),
    ("answer_amazon", "in-force"),
]
ACT_BYS = [
    ("answer_buyer", "faq-2016"),
    ("appeal", "us-2026"),
    ("authorise_return", "faq-2016"),
    ("send_return_label", "in-force"),
    ("refund_return", "us-2026"),
    ("appeal", "in-force"),
    ("answer_amazon", "in-force"),
    ("answer_amazon", "faq-2016"),  # the last, since it has most readings: pinned, in force, borrowed and soft
]
ACT_BY_RESULTS = ["act_by", "act_by_edition", "act_by_kind", "act_by_missing"]
WINDOW_RESULTS = ["opens", "closes", "verdict", "days_left", "window_edition", "window_missing"]
DEADLINE_RESULTS = ["due_at", "days_left", "state", "deadline_edition", "deadline_missing"]
SHARED = ("duckdb", "duckdb-new-york", "spark", "spark-tokyo", "dask-arrow", "pandas-objects")
AS_OF = datetime(2020, 3, 8, 10, 30, tzinfo=UTC)


@cache
def given(*, local):
    """The rows, and the same as an Arrow table."""
    rows = scalar.rows(local=local)
    return rows, scalar.table_of(rows, local=local)


@cache
def windows(edition, reason, on, *, local):
    """What the scalar code says of every row's window."""
    return {
        row["key"]: scalar.window_of(
            row, edition=edition, reason=reason, on=row[on] if isinstance(on, str) else on, local=local
        )
        for row in given(local=local)[0]
    }


@cache
def deadlines(which, edition, *, local):
    """What the scalar code says of every row's deadline."""
    name = DeadlineName(which)
    return {
        row["key"]: scalar.deadline_of(row, which=name, edition=edition, as_of=AS_OF, local=local)
        for row in given(local=local)[0]
    }


@cache
def acts(which, edition, *, local):
    """What the scalar code says of every row: by when to act."""
    name = DeadlineName(which)
    return {
        row["key"]: scalar.act_by_of(row, which=name, edition=edition, as_of=AS_OF, local=local)
        for row in given(local=local)[0]
    }


def differing(found, expected, local):
    """The rows that differ, for a message that can be acted upon."""
    rows = given(local=local)[0]
    for row in found.values():  # what is missing is a set
        row[-1] = row[-1] and ", ".join(sorted(row[-1].split(", ")))
    return [(found.get(key), expected[key], rows[key]) for key in expected if found.get(key) != expected[key]]


def cases(every, *, sparing=SHARED):
    """Each engine with every case; one that shares its code only with the last, which converts the most."""
    for engine in ENGINES:
        chosen = every[-1:] if engine in sparing else every
        for case in chosen:
            for local in (False, True):
                yield pytest.param(
                    engine, *case, local, id="-".join((engine, case[0], case[1], "local" if local else "instants"))
                )


@pytest.mark.parametrize(("engine", "edition", "reason", "on", "local"), list(cases(WINDOWS)))
def test_windows_agree_with_the_scalar_code(engine, edition, reason, on, local):
    """Nulls, leap days, changes of clocks and of editions: not one row differs."""
    frame = ENGINES[engine](given(local=local)[1])
    result = with_filing_window(frame, edition=edition, reason=reason, on=on)
    found = rows_of(result, WINDOW_RESULTS)
    wrong = differing(found, windows(edition, reason, on, local=local), local)
    assert not wrong, f"{len(wrong)} rows differ, the first: {wrong[0]}"


@pytest.mark.parametrize(("engine", "which", "edition", "local"), list(cases(DEADLINES)))
def test_deadlines_agree_with_the_scalar_code(engine, which, edition, local):
    """Starts, answers, departures, stated deadlines and observed statuses: not one row differs."""
    frame = ENGINES[engine](given(local=local)[1])
    result = with_deadlines(frame, which=which, edition=edition, as_of=AS_OF)
    found = rows_of(result, DEADLINE_RESULTS)
    wrong = differing(found, deadlines(which, edition, local=local), local)
    assert not wrong, f"{len(wrong)} rows differ, the first: {wrong[0]}"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("engine", "which", "edition", "local"),
    list(cases(ACT_BYS, sparing=[engine for engine in ENGINES if engine not in ("polars", "pyarrow", "duckdb")])),
)
def test_act_by_agrees_with_the_scalar_code(engine, which, edition, local):
    """Readings of every edition in force and borrowed ones, soft clocks and what nothing mends: not one row differs."""
    frame = ENGINES[engine](given(local=local)[1])
    result = with_act_by(frame, which=which, edition=edition, as_of=AS_OF)
    found = rows_of(result, ACT_BY_RESULTS)
    wrong = differing(found, acts(which, edition, local=local), local)
    assert not wrong, f"{len(wrong)} rows differ, the first: {wrong[0]}"


@pytest.mark.parametrize("local", [False, True], ids=["instants", "local"])
def test_the_rows_reach_every_answer(local):
    """The comparison would be worth little if some verdict or state never came up."""
    verdicts = {row[2] for each in WINDOWS for row in windows(*each, local=local).values()}
    states = {row[2] for each in DEADLINES for row in deadlines(*each, local=local).values()}
    kinds = {row[2] for each in ACT_BYS for row in acts(*each, local=local).values()}
    assert kinds == {"stated", "firm", "soft", "borrowed", None}
    assert verdicts == {"not_yet", "eligible", "expired", "undetermined"}
    assert states == {"open", "met", "missed", "not_offered", "undetermined"}

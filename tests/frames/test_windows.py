"""What a table must hold, what each kind of column counts as, and what comes back."""

# ruff: noqa: E402  (the libraries are asked for before what needs them)

from datetime import UTC, date, datetime, timedelta

import pytest

nw = pytest.importorskip("narwhals")
pytest.importorskip("numpy")
pl = pytest.importorskip("polars")
pd = pytest.importorskip("pandas")
pa = pytest.importorskip("pyarrow")

from atoz.errors import AtozError, InvalidDocument, UnknownName
from atoz.frames import replay, with_deadlines, with_filing_window
from atoz.frames.date_offsets import counts_by_weekday, days_between
from atoz.rulebook.date_arithmetic import Unit

DAYS = {"placed_at": [date(2016, 6, 1)], "deliver_by": [date(2016, 6, 10)]}


def test_a_missing_column_is_an_error_that_names_the_nearest():
    """All missing columns are reported together."""
    with pytest.raises(
        InvalidDocument, match=r"(?s)2 problems.*deliver_by.*nearest: delivery_by.*marketplace"
    ) as raised:
        with_filing_window(
            pl.DataFrame(
                {"placed_at": [None], "delivery_by": [None], "first_contact_at": [None], "delivered_at": [None]}
            ),
            edition="in-force",
        )
    assert {fault.code for fault in raised.value.faults} == {"missing_column"}


def test_text_is_never_guessed_at():
    """A column of text is refused in words, on every kind of table."""
    given = {"placed_at": ["2016-06-01"], "deliver_by": ["2016-06-10"]}
    for frame in (pl.DataFrame(given), pl.LazyFrame(given), pd.DataFrame(given), pa.table(given)):
        with pytest.raises(InvalidDocument, match=r"(?s)2 problems.*text; parse it"):
            with_filing_window(frame)


@pytest.mark.parametrize("bad", [[1.5], [True], [[1]], [{"a": 1}]])
def test_other_types_are_refused(bad):
    """Numbers and nested values are no dates."""
    with pytest.raises(InvalidDocument, match="days or datetimes are needed"):
        with_filing_window(pl.DataFrame({"placed_at": bad, "deliver_by": [date(2016, 6, 10)]}))


def test_mixed_objects_are_refused_and_plain_ones_read():
    """A pandas column of Python objects counts as what it holds, if that is one thing."""
    mixed = pd.DataFrame(
        {
            "placed_at": [date(2016, 6, 1), datetime(2016, 6, 1)],  # noqa: DTZ001
            "deliver_by": [date(2016, 6, 10)] * 2,
        }
    )
    with pytest.raises(InvalidDocument, match="not all days or all datetimes"):
        with_filing_window(mixed.astype(object))
    zones = pd.Series([datetime(2016, 6, 1, tzinfo=UTC), datetime(2016, 6, 1)], dtype=object)  # noqa: DTZ001
    with pytest.raises(InvalidDocument, match="not all days or all datetimes"):
        with_filing_window(pd.DataFrame({"placed_at": zones, "deliver_by": date(2016, 6, 10), "marketplace": "US"}))
    plain = with_filing_window(pd.DataFrame(DAYS, dtype=object))
    assert plain["opens"].tolist() == [date(2016, 6, 7)]


def test_pandas_keeps_its_index_and_what_is_not_read():
    """Labels of any kind, columns that no edition reads and values that Arrow does not know stay as they are."""
    frame = pd.DataFrame({**DAYS, 0: [5], "delivered_at": [[1]]}, index=["row"])
    result = with_filing_window(frame, on=date(2016, 6, 7))
    assert result.index.tolist() == ["row"]
    results = ["opens", "closes", "verdict", "days_left", "window_edition", "window_missing"]
    assert result.drop(columns=results).equals(frame)
    assert result["verdict"].tolist() == ["eligible"]
    with pytest.raises(InvalidDocument, match="2 problems"):
        with_filing_window(pd.DataFrame([[1, 2]], columns=[("a", "placed_at"), ("b", "deliver_by")]))


@pytest.mark.parametrize("empty", [[None], [float("nan")]])
def test_an_all_null_column_counts_as_not_known(empty):
    """Whatever type an engine gives to nothing at all."""
    frame = pd.DataFrame({"placed_at": [date(2016, 6, 1)], "deliver_by": empty})
    assert with_filing_window(frame, on=date(2016, 6, 7))["verdict"].tolist() == ["undetermined"]


def test_existing_columns_are_not_overwritten():
    """A result needs a name of its own."""
    frame = pl.DataFrame({**DAYS, "opens": [1]})
    with pytest.raises(InvalidDocument, match="has this column already"):
        with_filing_window(frame)
    renamed = with_filing_window(frame, columns={"opens": "first_day"})
    assert renamed["first_day"].to_list() == [date(2016, 6, 7)]


def test_results_need_names_of_their_own():
    """Two results cannot share a name, and SQL does not tell names apart by their case."""
    for columns in ({"opens": "x", "closes": "x"}, {"opens": "closes"}):
        with pytest.raises(InvalidDocument, match="needs a name of its own"):
            with_filing_window(pl.DataFrame(DAYS), columns=columns)
    duckdb = pytest.importorskip("duckdb")
    table = duckdb.sql("SELECT DATE '2016-06-01' AS placed_at, DATE '2016-06-10' AS deliver_by, 'mine' AS Opens")
    with pytest.raises(InvalidDocument, match="has this column already"):
        with_filing_window(table)


def test_columns_renames_only_what_is_read():
    """A slip of the pen in `columns` is no silent default."""
    with pytest.raises(UnknownName, match="nearest: placed_at"):
        with_filing_window(pl.DataFrame(DAYS), columns={"place_at": "x"})


def test_reserved_names_and_strange_tables_are_refused():
    """Anything handed over gives an error of atoz's own."""
    with pytest.raises(InvalidDocument, match="reserved"):
        with_filing_window(pl.DataFrame({**DAYS, "__atoz_x": [1]}))
    for strange in (None, 5, "text", [1, 2], {"a": 1}):
        with pytest.raises(AtozError):
            with_filing_window(strange)


def test_the_kind_of_table_and_its_columns_stay():
    """Eager stays eager, lazy stays lazy, the columns that came in are untouched and in place."""
    for frame in (pl.DataFrame(DAYS), pl.LazyFrame(DAYS), pd.DataFrame(DAYS), pa.table(DAYS)):
        assert type(with_filing_window(frame)) is type(frame)
    result = with_filing_window(pl.DataFrame({"other": [7], **DAYS}), on=date(2016, 6, 7))
    results = ["opens", "closes", "verdict", "days_left", "window_edition", "window_missing"]
    assert result.columns == ["other", "placed_at", "deliver_by", *results]


def test_the_output_types_are_fixed():
    """Also where every value is null."""
    empty = pl.DataFrame({"placed_at": [None, None], "deliver_by": [None, None]})
    result = with_filing_window(empty, on=date(2016, 6, 7))
    assert result.dtypes[2:] == [pl.Date, pl.Date, pl.String, pl.Int64, pl.String, pl.String]
    claims = pl.DataFrame({"filed_at": [None], "marketplace": ["US"]})
    found = with_deadlines(claims, which="answer_amazon", as_of=datetime(2020, 1, 1, tzinfo=UTC))
    assert found.dtypes[2:] == [pl.Datetime("us", "UTC"), pl.Int64, pl.String, pl.String, pl.String]
    frame = with_filing_window(pd.DataFrame(DAYS), on=date(2016, 6, 7))
    assert [str(each) for each in frame.dtypes[2:]] == [
        "date32[day][pyarrow]",
        "date32[day][pyarrow]",
        "string[pyarrow]",
        "int64[pyarrow]",
        "string[pyarrow]",
        "string[pyarrow]",
    ]


def test_a_verdict_needs_a_day():
    """An instant is no day: in which place?"""
    with pytest.raises(InvalidDocument, match="calendar day"):
        with_filing_window(pl.DataFrame(DAYS), on=datetime(2016, 6, 7, tzinfo=UTC))


def test_hours_are_not_counted_from_days():
    """An edition that counts hours from the first contact says so, where the column holds days."""
    known = {"first_contact_at": [date(2026, 6, 1)], "delivered_at": [None], "marketplace": ["US"]}
    frame = pl.DataFrame({**DAYS, **known})
    with pytest.raises(InvalidDocument, match="48 hour counts from an instant"):
        with_filing_window(frame, edition="us-2026")
    with pytest.raises(InvalidDocument, match="a deadline counts from an instant"):
        with_deadlines(
            pl.DataFrame({"filed_at": [date(2020, 1, 1)], "marketplace": ["US"]}),
            which="answer_amazon",
            as_of=datetime(2020, 1, 1, tzinfo=UTC),
        )


def test_as_of_must_be_aware_and_the_deadline_known():
    """The same errors as the scalar code's."""
    claims = pl.DataFrame({"filed_at": [datetime(2020, 1, 1, tzinfo=UTC)], "marketplace": ["US"]})
    with pytest.raises(InvalidDocument, match="no time zone"):
        with_deadlines(claims, which="answer_amazon", as_of=datetime(2020, 1, 1))  # noqa: DTZ001
    with pytest.raises(UnknownName, match="nearest: answer_amazon"):
        with_deadlines(claims, which="answer_amazn", as_of=datetime(2020, 1, 1, tzinfo=UTC))
    with pytest.raises(UnknownName):
        with_deadlines(claims, which="appeal", edition="us-1999", as_of=datetime(2020, 1, 1, tzinfo=UTC))


def test_spans_ask_the_scalar_code():
    """Business days from every weekday, and whole days between days across centuries."""
    assert counts_by_weekday(1, Unit.BUSINESS_DAY) == (1, 1, 1, 1, 3, 2, 1)
    days = [date(1995, 1, 1), date(2000, 2, 29), date(2099, 12, 31), date(2100, 3, 1), date(2199, 12, 31)]
    by_year = days_between(date(2016, 6, 7), nw.col("day"), nw.Implementation.PYSPARK)  # what Spark and Ibis compute
    found = nw.from_native(pl.DataFrame({"day": days})).select(by_year)["day"].to_list()
    assert found == [(day - date(2016, 6, 7)).days for day in days]


ODD = {
    "bytes": b"\xff",
    "number": 1.5,
    "list": [1],
    "struct": {"a": 1},
    "duration": timedelta(days=3),
}


@pytest.mark.parametrize("make", [pl.DataFrame, pl.LazyFrame, pd.DataFrame, pa.table])
@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
@pytest.mark.parametrize("column", ["placed_at", "marketplace", "edition", "on_day"])
def test_a_column_of_another_kind_is_named(make, odd, column):
    """No library's own error reaches the user, whatever the column holds."""
    rows = {**DAYS, "marketplace": ["US"], "on_day": [date(2016, 6, 7)], column: [odd]}
    with pytest.raises(InvalidDocument, match=column):
        with_filing_window(make(rows), edition="in-force", on="on_day")


@pytest.mark.parametrize("value", ["INTERVAL 3 DAY", "uuid()", "'1'::BIT", "TIMETZ '10:00:00+00'", "'\\xAA'::BLOB"])
def test_what_duckdb_alone_knows_is_named(value):
    """An interval is no day, and a type that narwhals does not know is not taken for nothing at all."""
    duckdb = pytest.importorskip("duckdb")
    for column in ("placed_at", "marketplace", "edition"):
        cells = {
            "placed_at": "DATE '2016-06-01'",
            "deliver_by": "NULL::DATE",
            "marketplace": "'US'",
            "edition": "NULL::VARCHAR",
        }
        named = ", ".join(f"{cell} AS {name}" for name, cell in {**cells, column: value}.items())
        with pytest.raises(InvalidDocument, match=column):
            with_filing_window(duckdb.sql(f"SELECT {named}"), edition="in-force")


def test_a_library_that_gives_up_says_so_in_atoz_own_error(monkeypatch):
    """What nobody foresaw is an error in words, too; an error of Python's own is not hidden."""
    from atoz.frames import filing_windows

    def fails(error):
        def compute(*_, **__):
            raise error

        monkeypatch.setattr(filing_windows, "_windows", compute)

    for error in (pl.exceptions.PanicException("no kernel\nat row 5"), pa.ArrowNotImplementedError("no kernel")):
        fails(error)
        with pytest.raises(InvalidDocument, match=r"this cannot be computed: no kernel$"):
            with_filing_window(pl.DataFrame(DAYS))
    fails(RuntimeError("a fault of atoz"))
    with pytest.raises(RuntimeError):
        with_filing_window(pl.DataFrame(DAYS))


def test_a_column_of_editions_is_honoured_row_by_row():
    """Windows, deadlines and replays alike: an id, `in-force`, nothing; an edition that there is not counts nothing."""
    editions = ["faq-2016", "in-force", None, " ", "us-1999"]
    rows = pl.DataFrame({key: values * 5 for key, values in DAYS.items()} | {"marketplace": "US", "edition": editions})
    windows = with_filing_window(rows, edition="us-2026")
    used = ["faq-2016", "us-2016-06", "us-2026", "us-2026", None]
    assert windows["window_edition"].to_list() == used
    assert windows["opens"].to_list() == [date(2016, 6, 7), None, None, None, None]
    assert windows["window_missing"].to_list() == [None, *["first_contact_at"] * 3, "edition"]
    filed = [datetime(2016, 6, 20, 12, tzinfo=UTC)] * 5
    claims = pl.DataFrame({"filed_at": filed, "marketplace": "US", "edition": editions})
    now = datetime(2016, 6, 21, tzinfo=UTC)
    found = with_deadlines(claims, which="answer_amazon", as_of=now, edition="us-2016-11")
    assert found["deadline_edition"].to_list() == ["faq-2016", "us-2016-06", "us-2016-11", "us-2016-11", None]
    assert found["due_at"].dt.day().to_list() == [27, 27, 23, 23, None]
    assert found["deadline_missing"].to_list() == [None] * 4 + ["edition"]
    granted, appealed = datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC)
    events = pl.DataFrame(
        {
            "order_id": ["a", "a", "a", "b", "b", "b"],
            "kind": ["filed", "granted_seller_funded", "seller_appealed"] * 2,
            "at": [granted - timedelta(days=1), granted, appealed] * 2,
            "marketplace": "US",
            "edition": ["faq-2016", None, None, "us-2026", "faq-2016", "faq-2016"],
        }
    )
    assert replay(events)["status"].to_list() == ["under_review", "granted_seller_funded"]

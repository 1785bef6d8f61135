"""Tables by hand and by atoz, as ratios within one run.

For ten million rows: `ATOZ_ROWS=1e7 pytest tests/benchmarks/test_frames.py --benchmark-enable -s`.

With `--benchmark-disable` (the default) each runs once over a few rows, as a test that the compared things do the same.
By hand means: what somebody who knows the library writes for these very results, bounds and nulls included.
"""

# ruff: noqa: E402  (the libraries are asked for before what needs them)
# ruff: noqa: E501  (what is written by hand is written as one would)

import csv
import os
from datetime import date, timedelta
from functools import cache, partial
from importlib.util import find_spec
from shutil import which
from statistics import median
from zoneinfo import ZoneInfo

import pytest
from dateutil.relativedelta import relativedelta

nw = pytest.importorskip("narwhals")
np = pytest.importorskip("numpy")
pl = pytest.importorskip("polars")
pd = pytest.importorskip("pandas")
pa = pytest.importorskip("pyarrow")
pc = pytest.importorskip("pyarrow.compute")
duckdb = pytest.importorskip("duckdb")
dask = pytest.importorskip("dask.dataframe")

from atoz.frames import with_filing_window
from atoz.frames.date_offsets import END, FIRST
from atoz.model.instant import FIRST_DAY, LAST_DAY
from atoz.model.marketplace import Marketplace
from atoz.model.record import Record

from .measuring import raced, run_process, timed

ON = date(2019, 1, 1)
NUMBER = (ON - date(1970, 1, 1)).days
SLOW_ROWS = 100_000
"""Row loops are measured on so many rows and compared by time per row."""
NAMES = ["expired", "not_yet", "undetermined", "eligible"]
MARKETS = [each.country for each in Marketplace.all()]


@cache
def table(rows):
    """Order days and promises over ten years, one promise in fifty unknown, as an Arrow table."""
    random = np.random.default_rng(1)
    placed = random.integers(16_000, 19_650, rows).astype("int32")
    promised = placed + random.integers(1, 40, rows).astype("int32")
    unknown = random.random(rows) < 0.02
    return pa.table(
        {
            "placed_at": pa.array(placed).cast(pa.date32()),
            "deliver_by": pa.array(promised, mask=unknown).cast(pa.date32()),
        }
    )


@cache
def instants(rows):
    """The same with instants in UTC and marketplaces all over the world."""
    random = np.random.default_rng(2)
    day = table(rows)["placed_at"].cast(pa.int32()).to_numpy().astype("int64")
    at = day * 86_400_000_000 + random.integers(0, 86_400_000_000, rows)
    market = pa.array(MARKETS).take(pa.array(random.integers(0, len(MARKETS), rows)))
    return pa.table(
        {
            "marketplace": market,
            "placed_at": pa.array(at).cast(pa.timestamp("us", "UTC")),
            "deliver_by": table(rows)["deliver_by"],
        }
    )


def polars_by_hand(frame):
    """Polars, lazy, then collected."""
    placed, promised = (
        pl.when(pl.col(name).is_between(FIRST_DAY, LAST_DAY)).then(name) for name in ("placed_at", "deliver_by")
    )
    closes = pl.col("closes")
    opens = pl.max_horizontal(placed, pl.min_horizontal(promised - timedelta(days=3), placed + timedelta(days=30)))
    return (
        frame.lazy()
        .with_columns(opens=pl.when(promised.is_not_null()).then(opens), closes=promised + timedelta(days=90))
        .with_columns(
            verdict=pl.when(closes < ON)
            .then(pl.lit("expired"))
            .when(pl.coalesce(pl.col("opens"), placed) > ON)
            .then(pl.lit("not_yet"))
            .when(closes.is_null())
            .then(pl.lit("undetermined"))
            .otherwise(pl.lit("eligible")),
            days_left=(closes - ON).dt.total_days(),
        )
        .collect()
    )


def numpy_by_hand(placed, promised):
    """Numpy datetime64 over whole arrays; NaT is not known. Verdicts are codes, which is kind to numpy."""
    known = ~np.isnat(promised)
    opens = np.maximum(placed, np.minimum(promised - 3, placed + 30))
    closes = promised + 90
    day = np.datetime64(ON)
    verdict = np.where(
        closes < day, 0, np.where(np.where(known, opens, placed) > day, 1, np.where(known, 3, 2))
    ).astype("int8")
    return opens, closes, verdict, (closes - day).astype("int64")


def blocks_by_hand(placed, promised):
    """The limit: 32-bit day numbers in blocks that stay in the cache, verdicts as codes."""
    size, block = len(placed), 32_768
    opens, closes, left = (np.empty(size, "int32") for _ in range(3))
    verdict = np.empty(size, "int8")
    for start in range(0, size, block):
        part = slice(start, start + block)
        order, promise = placed[part], promised[part]
        known = promise > -1
        first = np.maximum(order, np.minimum(promise - 3, order + 30))
        last = promise + 90
        opens[part], closes[part], left[part] = first, last, last - NUMBER
        code = np.where(known, 3, 2).astype("int8")
        code[np.where(known, first, order) > NUMBER] = 1
        code[known & (last < NUMBER)] = 0
        verdict[part] = code
    return opens, closes, verdict, left


def pandas_by_hand(frame):
    """pandas, by columns."""
    first, last = pd.Timestamp(FIRST_DAY), pd.Timestamp(LAST_DAY)
    placed, promised = (frame[name].where(frame[name].between(first, last)) for name in ("placed_at", "deliver_by"))
    sooner = np.minimum(promised - pd.Timedelta(days=3), placed + pd.Timedelta(days=30))
    opens = sooner.where(sooner > placed, placed).where(promised.notna())
    closes = promised + pd.Timedelta(days=90)
    day = pd.Timestamp(ON)
    chosen = np.select([closes < day, opens.fillna(placed) > day, promised.isna()], NAMES[:3], NAMES[3])
    return frame.assign(opens=opens, closes=closes, verdict=chosen, days_left=(closes - day).dt.days)


def _in_range(days):
    """Days that count as known; where all do, which is cheap to see, nothing is copied."""
    least, most = pc.min_max(days).values()
    if least.is_valid and least.as_py() >= FIRST and most.as_py() < END:
        return days
    known = pc.and_(pc.greater_equal(days, FIRST), pc.less(days, END))
    return pc.if_else(known, days, pa.scalar(None, pa.int32()))


def arrow_by_hand(given):
    """pyarrow.compute on 32-bit day numbers."""
    placed, promised = (_in_range(given[name].cast(pa.int32())) for name in ("placed_at", "deliver_by"))
    sooner = pc.min_element_wise(
        pc.subtract(promised, pa.scalar(3, pa.int32())), pc.add(placed, pa.scalar(30, pa.int32()))
    )
    opens = pc.if_else(pc.is_valid(promised), pc.max_element_wise(placed, sooner), pa.scalar(None, pa.int32()))
    closes = pc.add(promised, pa.scalar(90, pa.int32()))
    conditions = [
        pc.less(closes, NUMBER),
        pc.greater(pc.coalesce(opens, placed), NUMBER),
        pc.is_null(promised),
    ]
    filled = pc.make_struct(*(pc.fill_null(each, False) for each in conditions), field_names=NAMES[:3])
    verdict = pc.case_when(filled, *NAMES)
    left = pc.subtract(closes.cast(pa.int64()), NUMBER)
    columns = {
        "opens": opens.cast(pa.date32()),
        "closes": closes.cast(pa.date32()),
        "verdict": verdict,
        "days_left": left,
    }
    for name, column in columns.items():
        given = given.append_column(name, column)
    return given


def _known(day):
    """A day within the years that count, in SQL."""
    return f"CASE WHEN {day} BETWEEN DATE '{FIRST_DAY}' AND DATE '{LAST_DAY}' THEN {day} END"


SQL = f"""
SELECT * EXCLUDE (placed, promised),
    CASE WHEN closes < DATE '{ON}' THEN 'expired' WHEN coalesce(opens, placed) > DATE '{ON}' THEN 'not_yet'
    WHEN closes IS NULL THEN 'undetermined' ELSE 'eligible' END AS verdict, closes - DATE '{ON}' AS days_left
FROM (SELECT *, CASE WHEN promised IS NOT NULL THEN greatest(placed, least(promised - 3, placed + 30)) END AS opens,
    promised + 90 AS closes FROM (SELECT *, {_known("placed_at")} AS placed, {_known("deliver_by")} AS promised FROM given))
"""  # noqa: S608


def loop_by_hand(rows):
    """What people write today: python-dateutil, row by row."""
    found = []
    for placed, promised in rows:
        if promised is None:
            found.append((None, None, "not_yet" if placed > ON else "undetermined", None))
            continue
        opens = max(placed, min(promised - relativedelta(days=3), placed + relativedelta(days=30)))
        closes = promised + relativedelta(days=90)
        verdict = "expired" if closes < ON else "not_yet" if opens > ON else "eligible"
        found.append((opens, closes, verdict, (closes - ON).days))
    return found


class Row(Record):
    """A row as a model."""

    placed_at: date
    deliver_by: date | None


def zone_loop(rows):
    """A careful loop from instants: the zone of each row, then plain dates."""
    zones = {each.country: ZoneInfo(each.zone) for each in Marketplace.all()}
    found = []
    for market, at, promised in rows:
        found.append(plain(at.astimezone(zones[market]).date(), promised))
    return found


def plain(placed, promised):
    """One row with Python's own dates, carefully."""
    if promised is None:
        return None, None, "not_yet" if placed > ON else "undetermined", None
    opens = max(placed, min(promised - timedelta(days=3), placed + timedelta(days=30)))
    closes = promised + timedelta(days=90)
    return opens, closes, "expired" if closes < ON else "not_yet" if opens > ON else "eligible", (closes - ON).days


def offsets_by_hand(frame):
    """pandas, row by row, with its own offsets."""

    def row(each):
        placed, promised = each["placed_at"], each["deliver_by"]
        opens = max(placed, min(promised - pd.DateOffset(days=3), placed + pd.DateOffset(days=30)))
        closes = promised + pd.DateOffset(days=90)
        day = pd.Timestamp(ON)
        verdict = "expired" if closes < day else "not_yet" if opens > day else "eligible"
        return opens, closes, verdict, (closes - day).days

    return frame.dropna().apply(row, axis=1, result_type="expand")


@pytest.fixture
def size(benchmark):
    """How many rows, and how often."""
    benchmark.pedantic(lambda: None, rounds=1)
    return (int(float(os.environ.get("ATOZ_ROWS", "1e6"))), 7) if benchmark.enabled else (2_000, 1)


def in_order(result):
    """Some results in an order that does not depend on the engine, with types that do not either."""
    types = {"opens": pl.Date, "closes": pl.Date, "verdict": pl.String, "days_left": pl.Int64}
    rows = nw.from_native(result).select("placed_at", "deliver_by", *types).to_polars()
    return rows.select(
        pl.col("placed_at").cast(pl.Datetime("us")).cast(pl.Int64),
        pl.col("deliver_by").cast(pl.Date),
        *(pl.col(name).cast(kind) for name, kind in types.items()),
    ).sort(pl.all())


def alike(result, expected):
    """Whether two results hold the same windows and verdicts."""
    names = ["opens", "closes", "verdict", "days_left"]
    types = {"opens": pl.Date, "closes": pl.Date, "verdict": pl.String, "days_left": pl.Int64}
    left, right = (nw.from_native(each).select(names).to_polars().cast(types) for each in (result, expected))
    return left.equals(right)


def test_dates_against_the_same_by_hand(size, finding):
    """Polars, DuckDB, Arrow and pandas against themselves by hand, numpy and row loops."""
    rows, repeat = size
    given = table(rows)
    frame, panda = pl.from_arrow(given), given.to_pandas(date_as_object=False)
    connection = duckdb.connect()
    connection.register("incoming", given)
    connection.execute("CREATE TABLE given AS SELECT * FROM incoming")
    relation = connection.sql("SELECT * FROM given")
    placed = given["placed_at"].cast(pa.int32()).to_numpy()
    promised = given["deliver_by"].cast(pa.int32()).fill_null(-100_000).to_numpy()
    dated = (
        placed.astype("datetime64[D]"),
        np.where(promised < 0, np.datetime64("NaT"), promised.astype("datetime64[D]")),
    )
    few = list(zip(*(given[name].slice(0, SLOW_ROWS).to_pylist() for name in ("placed_at", "deliver_by")), strict=True))
    races = {
        "polars": (lambda: polars_by_hand(frame), lambda: with_filing_window(frame, on=ON), ">= 0.9"),
        "duckdb": (
            lambda: connection.sql(SQL).to_arrow_table(),
            lambda: with_filing_window(relation, on=ON).to_arrow_table(),
            ">= 0.9",
        ),
        "arrow": (lambda: arrow_by_hand(given), lambda: with_filing_window(given, on=ON), ">= 0.9"),
        "pandas": (lambda: pandas_by_hand(panda), lambda: with_filing_window(panda, on=ON), ">= 0.9"),
    }
    reference = with_filing_window(frame, on=ON)
    for name, (by_hand, ours, target) in races.items():
        hand, seconds, expected, found = raced(by_hand, ours, repeat)
        if name != "duckdb":  # its rows come in any order
            for each in (expected, found):
                assert alike(each, reference)
        finding(f"{name}: share of the same by hand", f"{hand / seconds:.2f} ({seconds:.3f} s)", target)
        del expected, found
    for name, work, target in (
        ("numpy datetime64", lambda: numpy_by_hand(*dated), ">= 1.0"),
        ("blocked int32 numpy", lambda: blocks_by_hand(placed, promised), ">= 0.25"),
    ):
        hand, seconds, *_ = raced(work, lambda: with_filing_window(frame, on=ON), repeat)
        finding(f"polars: against {name}", f"{hand / seconds:.2f}", target)
    slow, _ = timed(lambda: offsets_by_hand(panda.head(len(few) // 10)), 1)
    loop, looped = timed(lambda: loop_by_hand(few), 1)
    assert looped == reference.head(len(few)).select("opens", "closes", "verdict", "days_left").rows()
    model, _ = timed(lambda: [Row(placed_at=a, deliver_by=b).model_dump() for a, b in few], 1)
    seconds, _ = timed(lambda: with_filing_window(frame, on=ON), repeat)
    scale = rows / len(few)
    finding("polars: against a dateutil loop", f"{loop * scale / seconds:.0f} x", ">= 500 x")
    finding("polars: against a pydantic model per row", f"{model * scale / seconds:.0f} x", "none")
    finding("polars: against pandas' offsets per row", f"{slow * 10 * scale / seconds:.0f} x", "none")


@pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")  # Ibis still calls it
@pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning")
def test_the_other_engines(benchmark, size, finding, tmp_path):
    """Dask, Ibis and Spark against Polars; Spark reads and writes nothing, so that the counting is what is measured."""
    rows, repeat = size
    given = table(rows)
    frame, parts = pl.from_arrow(given), dask.from_pandas(given.to_pandas(date_as_object=False), npartitions=8)
    others = {"dask": lambda: with_filing_window(parts, on=ON).compute()}
    ibis = pytest.importorskip("ibis")
    kept = ibis.duckdb.connect().create_table("given", given)
    others["ibis"] = lambda: with_filing_window(kept, on=ON).to_pyarrow()
    if benchmark.enabled and which("java") and find_spec("pyspark"):  # the tests of the tables have their own session
        from pyspark.sql import SparkSession

        pl.from_arrow(given).write_parquet(tmp_path / "given.parquet")
        spark = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
        spark.sparkContext.setLogLevel("ERROR")
        cached = spark.read.parquet(str(tmp_path / "given.parquet")).cache()
        assert cached.count() == rows
        others["spark"] = lambda: with_filing_window(cached, on=ON).write.format("noop").mode("overwrite").save()
    for name, work in others.items():
        hand, seconds, *_ = raced(lambda: with_filing_window(frame, on=ON), work, max(2, repeat - 2))
        finding(f"{name}: share of Polars", f"{hand / seconds:.2f} ({seconds:.2f} s)", "none")


def test_instants_against_a_zone_loop(size, finding):
    """From instants of 23 marketplaces to local days: the tables against a careful loop."""
    rows, repeat = size
    given = instants(rows)
    frame, panda = pl.from_arrow(given), given.to_pandas(date_as_object=False)
    connection = duckdb.connect()
    connection.register("incoming", given)
    connection.execute("CREATE TABLE given AS SELECT * FROM incoming")
    relation = connection.sql("SELECT * FROM given")
    few = list(
        zip(
            *(given[name].slice(0, SLOW_ROWS).to_pylist() for name in ("marketplace", "placed_at", "deliver_by")),
            strict=True,
        )
    )
    parts = dask.from_pandas(panda, npartitions=8)
    for name, target, work in (
        ("polars", ">= 10 x", lambda: with_filing_window(frame, on=ON)),
        ("arrow", ">= 10 x", lambda: with_filing_window(given, on=ON)),
        ("pandas", ">= 4 x", lambda: with_filing_window(panda, on=ON)),
        ("dask", ">= 4 x", lambda: with_filing_window(parts, on=ON).compute()),
        ("duckdb", ">= 10 x", lambda: with_filing_window(relation, on=ON).to_arrow_table()),
    ):
        loop, seconds, looped, result = raced(lambda: zone_loop(few), work, max(1, repeat - 2))
        if name == "polars":
            assert looped == result.head(len(few)).select("opens", "closes", "verdict", "days_left").rows()
            reference = in_order(result)
        assert in_order(result).equals(reference)
        finding(
            f"{name}: from instants against a zone loop",
            f"{loop * rows / len(few) / seconds:.1f} x ({seconds:.2f} s)",
            target,
        )


@pytest.mark.parametrize("kind", ["days", "instants"])
def test_in_force_against_one_edition(size, finding, kind):
    """Editions that differ by row, against one for all."""
    rows, repeat = size
    market = instants(rows)["marketplace"]
    given = instants(rows) if kind == "instants" else table(rows).append_column("marketplace", market)
    frame = pl.from_arrow(given)
    with duckdb.connect() as connection:
        connection.register("incoming", given)
        connection.execute("CREATE TABLE given AS SELECT * FROM incoming")
        relation = connection.sql("SELECT * FROM given")
        for name, work in {
            "polars": lambda edition: with_filing_window(frame, on=ON, edition=edition),
            "arrow": lambda edition: with_filing_window(given, on=ON, edition=edition),
            "duckdb": lambda edition: with_filing_window(relation, on=ON, edition=edition).to_arrow_table(),
        }.items():
            one, many, _, result = raced(partial(work, "faq-2016"), partial(work, "in-force"), max(1, repeat - 2))
            assert len(result) == rows
            found = f"{many / one:.1f} x ({many:.2f} s)"
            finding(f"{name}: in force, over one edition, from {kind}", found, "<= 2 x")


def test_whole_processes(size, finding, tmp_path):
    """`atoz batch` against Polars by hand and a careful csv loop; and the memory that each engine takes."""
    rows, repeat = size
    parquet, text = tmp_path / "in.parquet", tmp_path / "in.csv"
    pl.from_arrow(table(rows)).write_parquet(parquet)
    pl.from_arrow(table(rows)).write_csv(text)
    compiled = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def batch(source, out):
        """The modules that it imports are compiled, as they are where pip puts them."""
        return run_process(
            "-m", "atoz", "batch", source, "-o", tmp_path / out, "--on", str(ON), "--replace", env=compiled
        )

    batch(parquet, "out.parquet")
    pairs = [
        (run_process("-c", POLARS_PROCESS, parquet, tmp_path / "hand.parquet"), batch(parquet, "out.parquet"))
        for _ in range(repeat)
    ]
    written = pl.read_parquet(tmp_path / "out.parquet").drop("window_edition", "window_missing")
    assert written.equals(pl.read_parquet(tmp_path / "hand.parquet"))
    by_hand, ours = (median(pair[place].seconds for pair in pairs) for place in (0, 1))
    finding("batch, Parquet: time against the same by hand", f"{ours / by_hand:.2f} x ({ours:.2f} s)", "<= 1.1 x")
    for name, place in (("batch, Parquet", 1), ("the same by hand", 0)):
        finding(f"{name}: peak memory", f"{max(pair[place].mebibytes for pair in pairs):.0f} MiB", "none")
    by_loop, _ = timed(lambda: csv_loop(text, tmp_path / "hand.csv"), 1)
    runs = [batch(text, "out.csv") for _ in range(max(1, repeat - 4))]
    by_batch = median(run.seconds for run in runs)
    finding("batch, CSV: against a csv-module loop", f"{by_loop / by_batch:.1f} x ({by_batch:.2f} s)", ">= 10 x")
    finding("batch, CSV: peak memory", f"{max(run.mebibytes for run in runs):.0f} MiB", "none")
    runs = [run_process("-c", DUCKDB_PROCESS, parquet, tmp_path / "duck.parquet") for _ in range(max(1, repeat - 4))]
    sorted_by = ["placed_at", "deliver_by"]
    assert (
        pl.read_parquet(tmp_path / "duck.parquet")
        .sort(sorted_by)
        .equals(pl.read_parquet(tmp_path / "out.parquet").sort(sorted_by))
    )
    peak, seconds = max(run.mebibytes for run in runs), median(run.seconds for run in runs)
    finding("DuckDB, Parquet to Parquet: peak memory", f"{peak:.0f} MiB ({seconds:.2f} s)", "<= 300 MiB")


@pytest.mark.parametrize("name", ["polars", "duckdb", "arrow", "pandas"])
def test_memory_and_start_of_each_engine(size, finding, tmp_path, name):
    """A process that reads a table and counts it in memory, against one that only reads it; and the first rows."""
    rows, _ = size
    for count, file in ((1_000, "few.parquet"), (rows, "all.parquet")):
        pl.from_arrow(table(count)).write_parquet(tmp_path / file)
    reads = READS[name].format(file="all.parquet")
    read = run_process("-c", f"import os; os.chdir({str(tmp_path)!r}); {reads}")
    counts = run_process("-c", COUNTS.format(folder=str(tmp_path), reads=reads, collects=COLLECTS.get(name, "")))
    more = counts.mebibytes - read.mebibytes
    finding(f"{name}: peak memory in memory", f"{counts.mebibytes:.0f} MiB, {more:.0f} more than reading", "none")
    reads = READS[name].format(file="few.parquet")
    first = run_process("-c", COUNTS.format(folder=str(tmp_path), reads=reads, collects=COLLECTS.get(name, "")))
    finding(f"{name}: a whole process for a thousand rows, cold", f"{first.seconds:.2f} s", "none")


READS = {
    "polars": "import polars; table = polars.read_parquet('{file}')",
    "duckdb": "import duckdb; c = duckdb.connect(); c.read_parquet('{file}').create('t'); table = c.table('t')",
    "arrow": "import pyarrow.parquet; table = pyarrow.parquet.read_table('{file}')",
    "pandas": "import pandas; table = pandas.read_parquet('{file}', dtype_backend='pyarrow')",
}
COLLECTS = {"duckdb": ".to_arrow_table()"}
COUNTS = """
import os
from datetime import date
os.chdir({folder!r})
{reads}
from atoz.frames import with_filing_window

result = with_filing_window(table, on=date(2019, 1, 1)){collects}
"""
POLARS_PROCESS = """
import sys
from datetime import date, timedelta
import polars as pl

on, closes, first, last = date(2019, 1, 1), pl.col("closes"), date(1995, 1, 1), date(2199, 12, 31)
placed, promised = (
    pl.when(pl.col(name).is_between(first, last)).then(name) for name in ("placed_at", "deliver_by")
)
opens = pl.max_horizontal(placed, pl.min_horizontal(promised - timedelta(days=3), placed + timedelta(days=30)))
table = pl.scan_parquet(sys.argv[1]).with_columns(
    opens=pl.when(promised.is_not_null()).then(opens), closes=promised + timedelta(days=90)
)
verdict = (
    pl.when(closes < on).then(pl.lit("expired")).when(pl.coalesce(pl.col("opens"), placed) > on).then(pl.lit("not_yet"))
    .when(closes.is_null()).then(pl.lit("undetermined")).otherwise(pl.lit("eligible"))
)
table.with_columns(verdict=verdict, days_left=(closes - on).dt.total_days()).sink_parquet(sys.argv[2])
"""
DUCKDB_PROCESS = """
import sys
from datetime import date
import duckdb
from atoz.frames import with_filing_window
from atoz.frames.date_offsets import END, FIRST
from atoz.model.instant import FIRST_DAY, LAST_DAY

connection = duckdb.connect()
connection.execute("SET memory_limit = '300MB'; SET preserve_insertion_order = false")
with_filing_window(connection.read_parquet(sys.argv[1]), on=date(2019, 1, 1)).write_parquet(sys.argv[2])
"""


def csv_loop(source, out):
    """A careful loop over the csv module."""
    with source.open(newline="") as lines, out.open("w", newline="") as new:
        reader, writer = csv.reader(lines), csv.writer(new)
        writer.writerow([*next(reader), "opens", "closes", "verdict", "days_left"])
        for placed, promised in reader:
            found = plain(date.fromisoformat(placed), date.fromisoformat(promised) if promised else None)
            writer.writerow([placed, promised, *found])

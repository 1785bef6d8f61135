"""Tables by hand and by atoz, as ratios within one run.

For ten million rows: `ATOZ_ROWS=1e7 pytest tests/benchmarks/test_frames.py --benchmark-enable -s`.

With `--benchmark-disable` (the default) each runs once over a few rows, as a test that the compared things do the same.
By hand means: what somebody who knows the library writes for these very results, bounds and nulls included.
"""

# ruff: noqa: E402  (the libraries are asked for before what needs them)
# ruff: noqa: E501  (what is written by hand is written as one would)

import csv
import os
import subprocess
import sys
import time
from datetime import date, timedelta
from functools import cache
from importlib.util import find_spec
from shutil import which
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
from atoz.model.marketplace import Marketplace
from atoz.model.record import Record

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
    placed, promised, closes = pl.col("placed_at"), pl.col("deliver_by"), pl.col("closes")
    opens = pl.max_horizontal(placed, pl.min_horizontal(promised - timedelta(days=3), placed + timedelta(days=30)))
    return (
        frame.lazy()
        .with_columns(opens=pl.when(promised.is_not_null()).then(opens), closes=promised + timedelta(days=90))
        .with_columns(
            verdict=pl.when(closes < ON)
            .then(pl.lit("expired"))
            .when(pl.coalesce("opens", "placed_at") > ON)
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
    placed, promised = frame["placed_at"], frame["deliver_by"]
    sooner = np.minimum(promised - pd.Timedelta(days=3), placed + pd.Timedelta(days=30))
    opens = sooner.where(sooner > placed, placed).where(promised.notna())
    closes = promised + pd.Timedelta(days=90)
    day = pd.Timestamp(ON)
    chosen = np.select([closes < day, opens.fillna(placed) > day, promised.isna()], NAMES[:3], NAMES[3])
    return frame.assign(opens=opens, closes=closes, verdict=chosen, days_left=(closes - day).dt.days)


def arrow_by_hand(given):
    """pyarrow.compute on 32-bit day numbers."""
    placed, promised = given["placed_at"].cast(pa.int32()), given["deliver_by"].cast(pa.int32())
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


SQL = f"""
SELECT *, CASE WHEN closes < DATE '{ON}' THEN 'expired' WHEN coalesce(opens, placed_at) > DATE '{ON}' THEN 'not_yet'
    WHEN closes IS NULL THEN 'undetermined' ELSE 'eligible' END AS verdict, closes - DATE '{ON}' AS days_left
FROM (SELECT *, CASE WHEN deliver_by IS NOT NULL THEN greatest(placed_at, least(deliver_by - 3, placed_at + 30)) END AS opens,
    deliver_by + 90 AS closes FROM given)
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


def raced(one, other, repeat):
    """The shortest of some runs of each, in turn, so that a slow moment of the machine falls on both; and the results."""
    pairs = [(timed(one, 1), timed(other, 1)) for _ in range(repeat)]
    (_, first), (_, second) = pairs[-1]
    return min(pair[0][0] for pair in pairs), min(pair[1][0] for pair in pairs), first, second


def timed(work, repeat):
    """The shortest of some runs in seconds, and the last result."""
    times, result = [], None
    for _ in range(repeat):
        begun = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - begun)
    return min(times), result


@pytest.fixture
def size(benchmark):
    """How many rows, and how often."""
    benchmark.pedantic(lambda: None, rounds=1)
    return (int(float(os.environ.get("ATOZ_ROWS", "1e6"))), 5) if benchmark.enabled else (2_000, 1)


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
        "polars": (lambda: polars_by_hand(frame), lambda: with_filing_window(frame, on=ON), "0.9"),
        "duckdb": (
            lambda: connection.sql(SQL).to_arrow_table(),
            lambda: with_filing_window(relation, on=ON).to_arrow_table(),
            "0.6",
        ),
        "arrow": (lambda: arrow_by_hand(given), lambda: with_filing_window(given, on=ON), "0.45"),
        "pandas": (lambda: pandas_by_hand(panda), lambda: with_filing_window(panda, on=ON), "–"),
    }
    reference = with_filing_window(frame, on=ON)
    for name, (by_hand, ours, target) in races.items():
        hand, seconds, expected, found = raced(by_hand, ours, repeat)
        if name != "duckdb":  # its rows come in any order
            for each in (expected, found):
                assert alike(each, reference)
        finding(f"{name}: share of the same by hand, {rows:.0e}", f"{hand / seconds:.2f} ({seconds:.3f} s)", target)
        del expected, found
    for name, work, target in (
        ("numpy datetime64", lambda: numpy_by_hand(*dated), "1.0"),
        ("blocked int32 numpy", lambda: blocks_by_hand(placed, promised), "0.25"),
    ):
        hand, seconds, *_ = raced(work, lambda: with_filing_window(frame, on=ON), repeat)
        finding(f"polars: against {name}, {rows:.0e}", f"{hand / seconds:.2f}", target)
    slow, _ = timed(lambda: offsets_by_hand(panda.head(len(few) // 10)), 1)
    loop, looped = timed(lambda: loop_by_hand(few), 1)
    assert looped == reference.head(len(few)).select("opens", "closes", "verdict", "days_left").rows()
    model, _ = timed(lambda: [Row(placed_at=a, deliver_by=b).model_dump() for a, b in few], 1)
    seconds, _ = timed(lambda: with_filing_window(frame, on=ON), repeat)
    scale = rows / len(few)
    finding(f"polars: against a dateutil loop, {rows:.0e}", f"{loop * scale / seconds:.0f} x", "500 x")
    finding(f"polars: against a pydantic model per row, {rows:.0e}", f"{model * scale / seconds:.0f} x", "–")
    finding(f"polars: against pandas' offsets per row, {rows:.0e}", f"{slow * 10 * scale / seconds:.0f} x", "–")


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
        finding(f"{name}: share of Polars, {rows:.0e}", f"{hand / seconds:.2f} ({seconds:.2f} s)", "–")


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
        ("polars", "10 x", lambda: with_filing_window(frame, on=ON)),
        ("arrow", "10 x", lambda: with_filing_window(given, on=ON)),
        ("pandas", "4 x", lambda: with_filing_window(panda, on=ON)),
        ("dask", "4 x", lambda: with_filing_window(parts, on=ON).compute()),
        ("duckdb", "4 x", lambda: with_filing_window(relation, on=ON).to_arrow_table()),
    ):
        loop, seconds, looped, result = raced(lambda: zone_loop(few), work, max(1, repeat - 2))
        if name == "polars":
            assert looped == result.head(len(few)).select("opens", "closes", "verdict", "days_left").rows()
        finding(
            f"{name}: from instants against a zone loop, {rows:.0e}",
            f"{loop * rows / len(few) / seconds:.1f} x ({seconds:.2f} s)",
            target,
        )


def test_whole_processes(size, finding, tmp_path):
    """`atoz batch` against Polars by hand and a careful csv loop; and the memory that each engine takes."""
    rows, repeat = size
    parquet, text = tmp_path / "in.parquet", tmp_path / "in.csv"
    pl.from_arrow(table(rows)).write_parquet(parquet)
    pl.from_arrow(table(rows)).write_csv(text)
    compiled = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def process(*command):
        """The peak of a process in MiB; the modules that it imports are compiled, as they are where pip puts them."""
        script = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
        done = subprocess.run(
            [sys.executable, "-c", script, sys.executable, *command],
            check=True,
            env=compiled,
            stdout=subprocess.PIPE,
            text=True,
        )
        return int(done.stdout) / 1024

    def batch(source, out):
        return process("-m", "atoz", "batch", source, "-o", tmp_path / out, "--on", str(ON), "--replace")

    batch(parquet, "out.parquet")
    by_hand, ours, _, peak = raced(
        lambda: process("-c", POLARS_PROCESS, parquet, tmp_path / "hand.parquet"),
        lambda: batch(parquet, "out.parquet"),
        repeat,
    )
    written = pl.read_parquet(tmp_path / "out.parquet").drop("window_edition", "window_missing")
    assert written.equals(pl.read_parquet(tmp_path / "hand.parquet"))
    finding(
        f"batch, Parquet: time against the same by hand, {rows:.0e}", f"{ours / by_hand:.2f} x ({ours:.2f} s)", "1.2 x"
    )
    finding(f"batch, Parquet: peak memory, {rows:.0e}", f"{peak:.0f} MiB", "–")
    by_loop, _ = timed(lambda: csv_loop(text, tmp_path / "hand.csv"), 1)
    by_batch, peak = timed(lambda: batch(text, "out.csv"), max(1, repeat - 2))
    finding(
        f"batch, CSV: against a csv-module loop, {rows:.0e}", f"{by_loop / by_batch:.1f} x ({by_batch:.2f} s)", "8 x"
    )
    finding(f"batch, CSV: peak memory, {rows:.0e}", f"{peak:.0f} MiB", "–")
    seconds, peak = timed(lambda: process("-c", DUCKDB_PROCESS, parquet, tmp_path / "duck.parquet"), max(1, repeat - 2))
    sorted_by = ["placed_at", "deliver_by"]
    assert (
        pl.read_parquet(tmp_path / "duck.parquet")
        .sort(sorted_by)
        .equals(pl.read_parquet(tmp_path / "out.parquet").sort(sorted_by))
    )
    finding(f"DuckDB, Parquet to Parquet: peak memory, {rows:.0e}", f"{peak:.0f} MiB ({seconds:.2f} s)", "300 MiB")


POLARS_PROCESS = """
import sys
from datetime import date, timedelta
import polars as pl

on, placed, promised, closes = date(2019, 1, 1), pl.col("placed_at"), pl.col("deliver_by"), pl.col("closes")
opens = pl.max_horizontal(placed, pl.min_horizontal(promised - timedelta(days=3), placed + timedelta(days=30)))
table = pl.scan_parquet(sys.argv[1]).with_columns(
    opens=pl.when(promised.is_not_null()).then(opens), closes=promised + timedelta(days=90)
)
verdict = (
    pl.when(closes < on).then(pl.lit("expired")).when(pl.coalesce("opens", "placed_at") > on).then(pl.lit("not_yet"))
    .when(closes.is_null()).then(pl.lit("undetermined")).otherwise(pl.lit("eligible"))
)
table.with_columns(verdict=verdict, days_left=(closes - on).dt.total_days()).sink_parquet(sys.argv[2])
"""
DUCKDB_PROCESS = """
import sys
from datetime import date
import duckdb
from atoz.frames import with_filing_window

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

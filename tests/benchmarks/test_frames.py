"""Tables by hand and by atoz, as ratios within one run.

For ten million rows: `ATOZ_ROWS=1e7 pytest tests/benchmarks/test_frames.py --benchmark-enable -s`.

With `--benchmark-disable` (the default) each runs once over a few rows, as a test that the compared things do the same.
By hand means: what somebody who knows the library writes for these very results, bounds and nulls included.
"""

# ruff: noqa: E402  (the libraries are asked for before what needs them)
# ruff: noqa: E501  (what is written by hand is written as one would)

import os
import time
from datetime import date, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from dateutil.relativedelta import relativedelta

pytest.importorskip("narwhals")
np = pytest.importorskip("numpy")
pl = pytest.importorskip("polars")
pd = pytest.importorskip("pandas")
pa = pytest.importorskip("pyarrow")
pc = pytest.importorskip("pyarrow.compute")
duckdb = pytest.importorskip("duckdb")

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
    left, right = (
        pl.from_arrow(each).select(names).cast({"verdict": pl.String, "days_left": pl.Int64})
        for each in (result, expected)
    )
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
    hand = {
        "polars": lambda: polars_by_hand(frame),
        "duckdb": lambda: connection.sql(SQL).to_arrow_table(),
        "arrow": lambda: arrow_by_hand(given),
        "pandas": lambda: pandas_by_hand(panda),
        "numpy": lambda: numpy_by_hand(*dated),
        "limit": lambda: blocks_by_hand(placed, promised),
    }
    ours = {
        "polars": lambda: with_filing_window(frame, on=ON),
        "duckdb": lambda: with_filing_window(relation, on=ON).to_arrow_table(),
        "arrow": lambda: with_filing_window(given, on=ON),
        "pandas": lambda: with_filing_window(panda, on=ON),
    }
    by_hand = {name: timed(work, repeat) for name, work in hand.items()}
    found = {name: timed(work, repeat) for name, work in ours.items()}
    reference = found["polars"][1].to_arrow()
    assert alike(by_hand["polars"][1].to_arrow(), reference)
    assert alike(by_hand["arrow"][1], reference)
    assert alike(found["arrow"][1], reference)
    loop, looped = timed(lambda: loop_by_hand(few), 1)
    assert looped == found["polars"][1].head(len(few)).select("opens", "closes", "verdict", "days_left").rows()
    model, _ = timed(lambda: [Row(placed_at=a, deliver_by=b).model_dump() for a, b in few], 1)
    scale = rows / len(few)
    for name, target in (("polars", "0.9"), ("duckdb", "0.6"), ("arrow", "0.45"), ("pandas", "–")):
        finding(
            f"{name}: share of the same by hand, {rows:.0e}",
            f"{by_hand[name][0] / found[name][0]:.2f} ({found[name][0]:.3f} s)",
            target,
        )
    seconds = found["polars"][0]
    finding(f"polars: against numpy datetime64, {rows:.0e}", f"{by_hand['numpy'][0] / seconds:.2f}", "1.0")
    finding(f"polars: against blocked int32 numpy, {rows:.0e}", f"{by_hand['limit'][0] / seconds:.2f}", "0.25")
    finding(f"polars: against a dateutil loop, {rows:.0e}", f"{loop * scale / seconds:.0f} x", "500 x")
    finding(f"polars: against a pydantic model per row, {rows:.0e}", f"{model * scale / seconds:.0f} x", "–")


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
    loop, looped = timed(lambda: zone_loop(few), 1)
    for name, target, work in (
        ("polars", "10 x", lambda: with_filing_window(frame, on=ON)),
        ("arrow", "10 x", lambda: with_filing_window(given, on=ON)),
        ("pandas", "4 x", lambda: with_filing_window(panda, on=ON)),
        ("duckdb", "4 x", lambda: with_filing_window(relation, on=ON).to_arrow_table()),
    ):
        seconds, result = timed(work, max(1, repeat - 2))
        if name == "polars":
            assert looped == result.head(len(few)).select("opens", "closes", "verdict", "days_left").rows()
        finding(
            f"{name}: from instants against a zone loop, {rows:.0e}",
            f"{loop * rows / len(few) / seconds:.1f} x ({seconds:.2f} s)",
            target,
        )


def test_parquet_and_csv_as_whole_processes(size, finding, tmp_path):
    """`atoz batch` against Polars by hand for Parquet, and against a careful loop of the csv module for CSV."""
    import csv
    import subprocess
    import sys

    rows, _ = size
    parquet, text = tmp_path / "in.parquet", tmp_path / "in.csv"
    pl.from_arrow(table(rows)).write_parquet(parquet)
    pl.from_arrow(table(rows)).write_csv(text)
    script = (
        "import polars as pl, sys; from datetime import *; on = date(2019, 1, 1); p, d, c = pl.col('placed_at'), pl.col('deliver_by'), pl.col('closes')\n"
        "t = pl.scan_parquet(sys.argv[1]).with_columns(opens=pl.when(d.is_not_null()).then(pl.max_horizontal(p, pl.min_horizontal(d - timedelta(days=3), p + timedelta(days=30)))), closes=d + timedelta(days=90))\n"
        "t.with_columns(verdict=pl.when(c < on).then(pl.lit('expired')).when(pl.coalesce('opens', 'placed_at') > on).then(pl.lit('not_yet')).when(c.is_null()).then(pl.lit('undetermined')).otherwise(pl.lit('eligible')), days_left=(c - on).dt.total_days()).sink_parquet(sys.argv[2])"
    )
    by_hand, _ = timed(
        lambda: subprocess.run([sys.executable, "-c", script, parquet, tmp_path / "hand.parquet"], check=True), 2
    )

    def batch(source, out):
        command = [sys.executable, "-m", "atoz", "batch", source, "-o", tmp_path / out, "--on", str(ON), "--replace"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    ours, _ = timed(lambda: batch(parquet, "out.parquet"), 2)
    assert pl.read_parquet(tmp_path / "out.parquet").equals(pl.read_parquet(tmp_path / "hand.parquet"))

    def loop():
        with text.open(newline="") as lines, (tmp_path / "hand.csv").open("w", newline="") as new:
            reader, writer = csv.reader(lines), csv.writer(new)
            writer.writerow([*next(reader), "opens", "closes", "verdict", "days_left"])
            for placed, promised in reader:
                writer.writerow(
                    [
                        placed,
                        promised,
                        *plain(date.fromisoformat(placed), date.fromisoformat(promised) if promised else None),
                    ]
                )

    by_loop, _ = timed(loop, 1)
    by_batch, _ = timed(lambda: batch(text, "out.csv"), 2)
    finding(
        f"batch, Parquet: time against the same by hand, {rows:.0e}", f"{ours / by_hand:.2f} x ({ours:.2f} s)", "1.2 x"
    )
    finding(
        f"batch, CSV: against a csv-module loop, {rows:.0e}", f"{by_loop / by_batch:.1f} x ({by_batch:.2f} s)", "8 x"
    )

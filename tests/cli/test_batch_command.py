"""`atoz batch`: files in, files out, bad rows apart, nothing half-written."""

import csv
import json
import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

pytest.importorskip("narwhals")
pytest.importorskip("numpy")
pl = pytest.importorskip("polars")
HEAD = "order_id,marketplace,placed_at,deliver_by,note\n"
GOOD = "1,US,2016-06-01T15:00:00Z,2016-06-10,fine\n"


def counts(done):
    """How many rows a run wrote, and how many it refused."""
    return {name: count for name, count in json.loads(done.out).items() if name in {"written", "rejected"}}


@pytest.fixture
def orders(tmp_path):
    """A CSV file of the given rows."""

    def make(*rows: str, name: str = "orders.csv"):
        file = tmp_path / name
        file.write_bytes((HEAD + "".join(rows)).encode("utf-8", "surrogateescape"))
        return file

    return make


def rows_of(file):
    """A CSV file's rows."""
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_windows_for_a_csv_file(atoz, orders, tmp_path):
    """Good rows only: everything is written, nothing is rejected, exit code 0."""
    done = atoz("batch", orders(GOOD), "-o", tmp_path / "out.csv", "--on", "2016-06-07")
    (row,) = rows_of(tmp_path / "out.csv")
    assert (done.code, row["opens"], row["closes"], row["verdict"], row["days_left"]) == (
        0,
        "2016-06-07",
        "2016-09-08",
        "eligible",
        "93",
    )
    assert sorted(each.name for each in tmp_path.iterdir()) == ["orders.csv", "out.csv"]
    assert "1 row written" in done.out


BAD = {
    "3,XX,2016-06-01T15:00:00Z,2016-06-10,n\n": "marketplace: 'XX' is not a marketplace",
    "4,US,2016-13-01T15:00:00Z,2016-06-10,n\n": "placed_at: '2016-13-01T15:00:00Z' is not an instant",
    "5,US,2016-06-01T15:00:00Z,10/06/2016,n\n": "deliver_by: '10/06/2016' is not a day",
    "6,US,2016-06-01T15:00:00Z,2016-06-10,n,o,p\n": "more fields than the header has",
    "7,US,3016-06-01T15:00:00Z,2016-06-10,n\n": "the year is outside 1995 to 2199",
    "8,US,2016-06-01T15:00:00Z,2016-06-10,caf\udce9\n": "not UTF-8 text",
    "9,XX,2016-06-01,2016-06-31,n\n": "deliver_by",
}


@pytest.mark.parametrize(("row", "reason"), BAD.items())
def test_a_bad_row_goes_to_the_rejects_with_line_and_reason(atoz, orders, tmp_path, row, reason):
    """The good rows around it are written all the same; the exit code says that some were bad."""
    done = atoz("batch", orders(GOOD, row, GOOD), "-o", tmp_path / "out.csv", "--json")
    (rejected,) = rows_of(tmp_path / "out.csv.rejects.csv")
    assert (done.code, counts(done)) == (2, {"written": 2, "rejected": 1})
    assert rejected["line"] == "3"
    assert reason in rejected["reason"]
    assert len(rows_of(tmp_path / "out.csv")) == 2


def test_the_line_is_that_of_the_file(atoz, orders, tmp_path):
    """Also after cells that go on over several lines."""
    long = '1,US,2016-06-01T15:00:00Z,2016-06-10,"two\nlines, and\r\nthree"\n'
    atoz("batch", orders(long, GOOD, "3,XX,,,\n", long, "4,YY,,,\n"), "-o", tmp_path / "out.csv")
    assert [each["line"] for each in rows_of(tmp_path / "out.csv.rejects.csv")] == ["6", "10"]


def test_text_that_is_utf8_is_kept(atoz, orders, tmp_path):
    """A replacement character that stands in the file is text like any other."""
    done = atoz("batch", orders("1,US,2016-06-01T15:00:00Z,2016-06-10,caf\ufffd é\n"), "-o", tmp_path / "out.csv")
    assert (done.code, rows_of(tmp_path / "out.csv")[0]["note"]) == (0, "caf\ufffd é")


@pytest.mark.parametrize("cell", ["", "  ", "n/a"])
def test_the_first_date_says_what_a_column_holds(atoz, orders, tmp_path, cell):
    """A bad first cell rejects its own row only; a column without any date holds nothing."""
    rows = [f"1,US,{cell},,n\n"] * 3
    atoz("batch", orders(*rows, GOOD), "-o", tmp_path / "out.csv", "--on", "2016-06-07")
    rejected = 3 if cell == "n/a" else 0
    assert [each["verdict"] for each in rows_of(tmp_path / "out.csv")] == ["undetermined"] * (3 - rejected) + [
        "eligible"
    ]
    done = atoz("batch", orders(*rows), "-o", tmp_path / "no.parquet", "--json")
    assert counts(done) == {"written": 3 - rejected, "rejected": rejected}


@pytest.mark.parametrize("quoted", ["plain", '"a note, with\na break"'])
def test_blank_and_short_rows_are_rejected(atoz, orders, tmp_path, quoted):
    """A line without anything, a row of empty cells and a row that ends too early are no rows; their lines are told."""
    rows = (GOOD, "\n", ",,,,\n", "2,US,2016-06-01T15:00:00Z\n", "  \n", f"3,US,2016-06-01T15:00:00Z,,{quoted}\n")
    done = atoz("batch", orders(*rows, "\n"), "-o", tmp_path / "out.csv")
    assert done.code == 2
    assert [row["order_id"] for row in rows_of(tmp_path / "out.csv")] == ["1", "3"]
    after = 9 if "\n" in quoted else 8
    assert [(row["line"], row["reason"]) for row in rows_of(tmp_path / "out.csv.rejects.csv")] == [
        ("3", "a blank row"),
        ("4", "a blank row"),
        ("5", "fewer fields than the header has"),
        ("6", "fewer fields than the header has"),
        (str(after), "a blank row"),
    ]


def test_in_force_needs_no_columns_of_nothing(atoz, orders, tmp_path):
    """What only some editions wait for may have no column; the output says the edition and what is missing."""
    rows = (GOOD, "2,US,2016-06-01T15:00:00Z,,n\n", "3,TR,2016-06-01T15:00:00Z,2016-06-10,n\n")
    assert atoz("batch", orders(*rows), "-o", tmp_path / "out.csv", "--edition", "in-force").code == 0
    assert [(row["window_edition"], row["window_missing"]) for row in rows_of(tmp_path / "out.csv")] == [
        ("us-2016-06", "first_contact_at"),
        ("us-2016-06", "deliver_by, first_contact_at"),
        ("", "edition"),
    ]


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_each_row_may_name_its_edition(atoz, tmp_path, ending):
    """An id, `in-force`, or nothing for the option; what names no edition is rejected."""
    cells = ["faq-2016", "in-force", None, "us-1999"]
    rows = [
        {"marketplace": "US", "placed_at": "2016-06-01", "deliver_by": "2016-06-10", "edition": cell} for cell in cells
    ]
    source = tmp_path / f"orders.{ending}"
    table = pl.DataFrame(rows)
    table.write_csv(source) if ending == "csv" else table.write_ndjson(source)
    done = atoz("batch", source, "-o", tmp_path / f"out.{ending}")
    written = (
        rows_of(tmp_path / "out.csv")
        if ending == "csv"
        else [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    )
    assert (done.code, [row["window_edition"] for row in written]) == (2, ["faq-2016", "us-2016-06", "faq-2016"])
    (refused,) = rows_of(tmp_path / f"out.{ending}.rejects.csv")
    assert refused["reason"] == "edition: 'us-1999' is no edition"


@pytest.mark.parametrize(
    ("ending", "column"), [("csv", b"\xff"), ("csv", [1]), ("csv", {"a": 1}), ("jsonl", [b"\xff"])]
)
def test_a_column_that_a_format_cannot_hold_is_named(atoz, tmp_path, ending, column):
    """Polars would refuse it, or panic, in the middle of the writing."""
    rows = {"placed_at": [date(2016, 6, 1)], "deliver_by": [date(2016, 6, 10)], "odd": [column]}
    pl.DataFrame(rows).write_parquet(tmp_path / "in.parquet")
    done = atoz("batch", tmp_path / "in.parquet", "-o", tmp_path / f"out.{ending}")
    assert (done.code, "odd: " in done.err, "panicked" in done.err) == (2, True, False)
    assert not (tmp_path / f"out.{ending}").exists()
    assert atoz("batch", tmp_path / "in.parquet", "-o", tmp_path / "out.parquet").code == 0


@pytest.mark.parametrize("seed", range(12))
def test_damaged_pages_are_one_clear_error(tmp_path, seed):
    """Bytes of a Parquet file changed at random: the file is read, or refused in words; nothing is left behind."""
    from random import Random

    from atoz.errors import InvalidDocument
    from atoz.frames.batch.run import run_batch

    source, random = tmp_path / "in.parquet", Random(seed)  # noqa: S311
    days = [date(2016, 6, 1 + row % 28) for row in range(2_000)]
    pl.DataFrame({"placed_at": days, "note": [str(day) for day in days]}).write_parquet(source)
    damaged = bytearray(source.read_bytes())
    for _ in range(random.choice((1, 10, 100))):
        damaged[random.randrange(4, len(damaged))] = random.randrange(256)
    source.write_bytes(damaged)
    paths = (source, tmp_path / "out.parquet", tmp_path / "out.rejects.csv")
    fault = None
    try:
        run_batch(*paths, compute=lambda rows: rows, facts={}, dated=("placed_at",))
    except InvalidDocument as error:
        fault = error.faults[0].code
    written = fault is None
    assert written or fault == "not_readable"
    assert (tmp_path / "out.parquet").exists() is written


def test_a_panic_is_an_error_in_words(tmp_path):
    """What the library throws when it gives up is no `Exception`; it does not reach the user either."""
    from atoz.errors import InvalidDocument
    from atoz.frames.batch.run import run_batch

    pl.DataFrame({"placed_at": [date(2016, 6, 1)]}).write_parquet(tmp_path / "in.parquet")

    def panics(rows):
        raise pl.exceptions.PanicException("not yet implemented")

    with pytest.raises(InvalidDocument, match="it cannot be read: not yet implemented"):
        run_batch(
            tmp_path / "in.parquet",
            tmp_path / "out.csv",
            tmp_path / "bad.csv",
            compute=panics,
            facts={},
            dated=("placed_at",),
        )


@pytest.mark.parametrize("cell", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1"])
def test_formulas_are_made_harmless(atoz, orders, tmp_path, cell):
    """In cells and in the header; plain numbers stay as they are."""
    file = orders(f'1,US,2016-06-01T15:00:00Z,2016-06-10,"{cell}"\n', "2,US,2016-06-01T15:00:00Z,2016-06-10,-5.25\n")
    file.write_bytes(file.read_bytes().replace(b"order_id", b"=id"))
    atoz("batch", file, "-o", tmp_path / "out.csv")
    first, second = rows_of(tmp_path / "out.csv")
    assert (first["note"], second["note"], first["'=id"]) == ("'" + cell, "-5.25", "1")


@pytest.mark.parametrize("ending", ["csv", "parquet", "jsonl"])
def test_every_format_comes_out_alike(atoz, orders, tmp_path, ending):
    """CSV, Parquet and JSON Lines hold the same days."""
    out = tmp_path / f"out.{ending}"
    assert atoz("batch", orders(GOOD), "-o", out).code == 0
    read = {"csv": pl.read_csv, "parquet": pl.read_parquet, "jsonl": pl.read_ndjson}[ending](out)
    assert str(read["opens"][0]) == "2016-06-07"


def test_parquet_keeps_its_types(atoz, tmp_path):
    """Typed columns need no parsing."""
    source = tmp_path / "orders.parquet"
    facts = {
        "placed_at": [datetime(2016, 6, 1, 15, tzinfo=UTC)],
        "deliver_by": [date(2016, 6, 10)],
        "marketplace": ["US"],
    }
    pl.DataFrame(facts).write_parquet(source)
    assert atoz("batch", source, "-o", tmp_path / "out.parquet").code == 0
    assert pl.read_parquet(tmp_path / "out.parquet").schema["opens"] == pl.Date


def test_json_lines_are_kept_as_they_are(atoz, tmp_path):
    """Each object keeps its members, nested ones too, and gets the results; broken lines are rejected one by one."""
    source, out = tmp_path / "orders.jsonl", tmp_path / "out.jsonl"
    order = {"marketplace": "US", "placed_at": "2016-06-01T15:00:00Z", "deliver_by": "2016-06-10", "lines": [{"n": 1}]}
    source.write_text(
        "\n".join([json.dumps(order), "{broken", "[1]", "", json.dumps({**order, "placed_at": 5})]), encoding="utf-8"
    )
    done = atoz("batch", source, "-o", out)
    (line,) = out.read_text().splitlines()
    results = {"opens": "2016-06-07", "closes": "2016-09-08", "window_edition": "faq-2016", "window_missing": None}
    assert json.loads(line) == {**order, **results}
    assert [each["line"] for each in rows_of(tmp_path / "out.jsonl.rejects.csv")] == ["2", "3", "5"]
    assert done.code == 2


def test_json_lines_may_leave_out_what_they_do_not_know(atoz, tmp_path):
    """What any line has is read in every line, whichever comes first."""
    filed = {"marketplace": "US", "filed_at": "2016-07-01T16:00:00Z"}
    lines = [json.dumps(each) for each in (filed, {**filed, "seller_responded_at": "2016-07-02T16:00:00Z"})]
    states = []
    for place, order in enumerate((lines, lines[::-1])):
        source, out = tmp_path / f"{place}.jsonl", tmp_path / f"{place}.out.jsonl"
        source.write_text("\n".join(order), encoding="utf-8")
        atoz("batch", source, "-o", out, "--deadline", "answer_amazon", "--as-of", "2016-07-20T00:00:00Z")
        states.append([json.loads(line)["answer_amazon_state"] for line in out.read_text("utf-8").splitlines()])
    assert states == [["missed", "met"], ["met", "missed"]]


def test_json_lines_keep_their_own_members(atoz, tmp_path):
    """A result never gets the name of a member that is there; half a surrogate pair is no text."""
    order = {"placed_at": "2016-06-01", "deliver_by": "2016-06-10"}
    source, out = tmp_path / "orders.jsonl", tmp_path / "out.jsonl"
    source.write_text(json.dumps({**order, "opens": "mine"}), encoding="utf-8")
    refused = atoz("batch", source, "-o", out)
    assert (refused.code, "opens: lines have this member already" in refused.err, out.exists()) == (2, True, False)
    assert atoz("batch", source, "-o", out, "--column", "opens=first_day").code == 0
    assert json.loads(out.read_text("utf-8")) == {
        **order,
        "opens": "mine",
        "first_day": "2016-06-07",
        "closes": "2016-09-08",
        "window_edition": "faq-2016",
        "window_missing": None,
    }
    source.write_text(
        json.dumps({**order, "placed_at": "\ud800"}) + "\n" + json.dumps({**order, "n": "\ufffd"}), "utf-8"
    )
    done = atoz("batch", source, "-o", out, "--replace", "--json")
    assert counts(done) == {"written": 1, "rejected": 1}


def test_bad_bytes_reject_their_line_only(atoz, tmp_path):
    """In JSON Lines as in CSV."""
    source = tmp_path / "orders.jsonl"
    order = b'{"placed_at": "2016-06-01", "deliver_by": "2016-06-10", "n": "caf%s"}\n'
    source.write_bytes(order % b"e" + order % b"\xe9" + order % "é".encode())
    done = atoz("batch", source, "-o", tmp_path / "out.jsonl", "--json")
    assert counts(done) == {"written": 2, "rejected": 1}
    assert rows_of(tmp_path / "out.jsonl.rejects.csv") == [{"line": "2", "reason": "not UTF-8 text"}]
    for empty in (b"", b"\n\n", b"[]\n"):
        source.write_bytes(empty)
        assert "no line has a member that is read" in atoz("batch", source, "-o", tmp_path / "no.jsonl").err


def test_local_times_come_out_as_local_times(atoz, orders, tmp_path):
    """No zone is put to a time that came without one."""
    row = "1,US,2016-06-01T15:00:00,2016-06-10,n\n"
    assert atoz("batch", orders(row), "-o", tmp_path / "out.csv").code == 0
    assert rows_of(tmp_path / "out.csv")[0]["placed_at"] == "2016-06-01T15:00:00"


def test_a_name_is_no_pattern(atoz, orders, tmp_path):
    """A file whose name looks like a pattern is itself and nothing else."""
    orders(GOOD, GOOD, name="in1.csv")
    done = atoz("batch", orders(GOOD, name="in[1].csv"), "-o", tmp_path / "out.csv", "--json")
    assert counts(done) == {"written": 1, "rejected": 0}


def test_categories_are_made_harmless_too(atoz, tmp_path):
    """Text is text, however Parquet keeps it."""
    source = tmp_path / "orders.parquet"
    table = {"placed_at": [date(2016, 6, 1)], "deliver_by": [date(2016, 6, 10)], "note": ["=1+1"]}
    pl.DataFrame(table).cast({"note": pl.Categorical}).write_parquet(source)
    atoz("batch", source, "-o", tmp_path / "out.csv")
    assert rows_of(tmp_path / "out.csv")[0]["note"] == "'=1+1"


def test_reserved_names_are_refused(atoz, orders, tmp_path):
    """A column that atoz would take for its own is named, whatever the format."""
    file = orders(GOOD)
    file.write_bytes(file.read_bytes().replace(b"note", b"__atoz_fault"))
    pl.read_csv(file).write_parquet(tmp_path / "orders.parquet")
    for source in (file, tmp_path / "orders.parquet"):
        refused = atoz("batch", source, "-o", tmp_path / "out.csv")
        assert (refused.code, "__atoz_fault: names that begin with" in refused.err) == (2, True)


def test_a_row_that_is_bad_as_a_whole_has_one_reason(atoz, orders, tmp_path):
    """Nothing is said of cells that nobody read."""
    atoz("batch", orders("6,US,x,y,n,o\n"), "-o", tmp_path / "out.csv")
    assert rows_of(tmp_path / "out.csv.rejects.csv")[0]["reason"] == "more fields than the header has"


def test_deadlines_have_names_of_their_own(atoz, orders, tmp_path):
    """More than one may be asked for; the instant is echoed."""
    arguments = ("--deadline", "answer_amazon", "--deadline", "appeal", "--column", "filed_at=placed_at")
    done = atoz("batch", orders(GOOD), "-o", tmp_path / "out.csv", *arguments, "--as-of", "2016-06-05T00:00:00Z")
    assert done.code == 2  # nothing in the file can start the clock of an appeal
    assert "granted_seller_funded_at" in done.err
    done = atoz(
        "batch",
        orders(GOOD),
        "-o",
        tmp_path / "out.csv",
        *arguments[:2],
        *arguments[4:],
        "--as-of",
        "2016-06-05T00:00:00Z",
    )
    (row,) = rows_of(tmp_path / "out.csv")
    assert (row["answer_amazon_due_at"], row["answer_amazon_state"]) == ("2016-06-08T15:00:00+00:00", "open")
    assert "as of 2016-06-05T00:00:00+00:00" in done.out


def test_nothing_is_overwritten_or_left_half_written(atoz, orders, tmp_path):
    """An existing file stands unless --replace is given; a failure leaves no files."""
    out = tmp_path / "out.csv"
    out.write_text("mine")
    done = atoz("batch", orders(GOOD), "-o", out)
    assert (done.code, out.read_text()) == (2, "mine")
    file = orders(GOOD)
    file.write_text(file.read_text().replace("deliver_by", "delivery_by"))
    failed = atoz("batch", file, "-o", tmp_path / "new.csv")
    assert failed.code == 2
    assert "nearest: delivery_by" in failed.err
    assert sorted(each.name for each in tmp_path.iterdir()) == ["orders.csv", "out.csv"]
    assert atoz("batch", orders(GOOD), "-o", out, "--replace").code == 0


def test_files_are_made_as_the_user_makes_files(atoz, orders, tmp_path):
    """A mask that keeps others out keeps them out of the results."""
    mask = os.umask(0o077)
    try:
        atoz("batch", orders(GOOD, "3,XX,,,\n"), "-o", tmp_path / "out.csv")
    finally:
        os.umask(mask)
    modes = {(tmp_path / name).stat().st_mode & 0o777 for name in ("out.csv", "out.csv.rejects.csv")}
    assert modes == {0o600} or os.name == "nt"


@pytest.mark.parametrize(
    "arguments",
    [
        (".", "-o", "out.csv"),
        ("orders.csv", "-o", ".", "--replace"),
        ("orders.csv", "-o", "out.csv", "--on", "2016-06-07", "--deadline", "appeal"),
        ("no.csv", "-o", "out.csv"),
        ("orders.xlsx", "-o", "out.csv"),
        ("orders.csv", "-o", "out.xlsx"),
        ("orders.csv", "-o", "no/out.csv"),
    ],
)
def test_bad_usage_is_told_without_a_traceback(atoz, orders, tmp_path, monkeypatch, arguments):
    """Files that are not there, or of no known kind."""
    orders(GOOD)
    orders(GOOD, name="orders.xlsx")
    monkeypatch.chdir(tmp_path)
    done = atoz("batch", *arguments)
    assert (done.code, "Traceback" in done.err) == (2, False)


def test_an_empty_file_has_no_rows(atoz, orders, tmp_path):
    """A header alone is a table without rows; no header is no table."""
    done = atoz("batch", orders(), "-o", tmp_path / "out.csv", "--json")
    assert json.loads(done.out) == {
        "schema_version": 1, "kind": "batch_result", "as_of": None, "written": 0, "rejected": 0
    }  # fmt: skip
    (tmp_path / "nothing.csv").write_text("")
    assert atoz("batch", tmp_path / "nothing.csv", "-o", tmp_path / "two.csv").code == 2


def test_the_commands_of_the_page_run(atoz, orders, tmp_path, monkeypatch):
    """What the page about millions of orders shows can be typed in."""
    page = Path(__file__).parents[2] / "docs" / "how-to" / "millions_of_orders.md"
    commands = [line.split()[1:] for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("atoz ")]
    commands = [command for command in commands if "--store" not in command]  # it has tests of its own
    assert len(commands) == 2
    monkeypatch.chdir(tmp_path)
    day = date(2016, 6, 1)
    pl.DataFrame({"placed_at": [day], "deliver_by": [day]}).write_parquet("orders.parquet")
    Path("claims.csv").write_text(
        "marketplace,filed_at,granted_seller_funded_at,status\nUS,2016-07-01T16:00:00Z,,under_review\n",
        encoding="utf-8",
    )
    for command in commands:
        assert atoz(*command).code == 0


HOSTILE_LINES = {
    '{"placed_at": ' + "[" * 100_000 + "]" * 100_000 + "}": "inside each other",
    '{"placed_at": 1e9999999999999999999}': "exponent",
    '{"x": ' + "9" * 5000 + "}": "more than 100 digits",
    '{"placed_at": NaN}': "NaN",
    '{"marketplace": "US", "marketplace": "DE"}': "appears twice",
    '{"placed_at": "\\ud800"}': "surrogate",
    '{"placed_at": "\\u0000"}': "NUL",
}


@pytest.mark.parametrize("line", HOSTILE_LINES, ids=[*HOSTILE_LINES.values()])
def test_a_hostile_json_line_is_a_reject_as_in_every_other_command(atoz, tmp_path, line):
    """The same reader, with the same limits: the row is rejected with its reason, the rest is computed."""
    source = tmp_path / "in.jsonl"
    good = json.dumps({"placed_at": "2016-06-01T15:00:00Z", "marketplace": "US", "deliver_by": "2016-06-10"})
    source.write_text(f"{good}\n{line}\n{good}\n", encoding="utf-8")
    done = atoz("batch", source, "-o", tmp_path / "out.jsonl")
    assert done.code == 2
    assert "Traceback" not in done.err
    assert len((tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()) == 2
    assert HOSTILE_LINES[line] in (tmp_path / "out.jsonl.rejects.csv").read_text(encoding="utf-8")


def test_today_s_rules_stand_beside_the_pinned_date(atoz, tmp_path):
    """Seven days by the default edition, 72 hours by the rule in force: the output has both, and says whose it is."""
    claims = tmp_path / "claims.csv"
    claims.write_text(
        "order_id,marketplace,filed_at,information_requested_at\n"
        "1,US,2026-11-20T16:00:00Z,2026-11-20T18:00:00Z\n"
        "2,US,2026-11-20T16:00:00Z,\n"
        "3,,2026-11-20T16:00:00Z,2026-11-20T18:00:00Z\n",
        encoding="utf-8",
    )
    instant = "2026-11-21T00:00:00Z"
    done = atoz("batch", claims, "-o", tmp_path / "out.csv", "--deadline", "answer_amazon", "--as-of", instant)
    assert done.code == 0
    names = [f"answer_amazon_{name}" for name in ("act_by", "act_by_edition", "act_by_kind", "act_by_missing")]
    assert [[row[name] for name in names] for row in rows_of(tmp_path / "out.csv")] == [
        ["2026-11-23T18:00:00+00:00", "us-2026", "firm", ""],
        ["2026-11-23T16:00:00+00:00", "us-2026", "soft", ""],
        ["", "", "", "marketplace"],
    ]
    assert rows_of(tmp_path / "out.csv")[0]["answer_amazon_due_at"].startswith("2026-11-27T18:00:00")
    bought = atoz(
        "batch", claims, "-o", tmp_path / "buyer.csv", "--deadline", "buyer_appeal", "--column", "denied_at=filed_at"
    )
    assert "buyer_appeal_act_by" not in rows_of(tmp_path / "buyer.csv")[0], bought.err


def test_without_marketplaces_no_rule_in_force_can_be_told(atoz, tmp_path):
    """A deadline in hours needs no place; by when to act does, and the output says so."""
    claims = tmp_path / "claims.csv"
    claims.write_text("order_id,first_contact_at\n1,2026-11-20T16:00:00Z\n", encoding="utf-8")
    options = ("--deadline", "answer_buyer", "--edition", "us-2026", "--as-of", "2026-11-21T00:00:00Z")
    assert atoz("batch", claims, "-o", tmp_path / "out.csv", *options).code == 0
    (row,) = rows_of(tmp_path / "out.csv")
    assert row["answer_buyer_due_at"].startswith("2026-11-22T16:00:00")
    assert (row["answer_buyer_act_by"], row["answer_buyer_act_by_missing"]) == ("", "marketplace")

"""A spreadsheet in and out: claims from CSV, the worklist as CSV."""

import csv
import io
import json

import pytest

AS_OF = ("--as-of", "2016-06-22T16:00:00Z")
ROW = {
    "order_id": "123-1234567-1234567",
    "marketplace": "US",
    "placed_at": "2016-06-01T08:00:00-07:00",
    "deliver_by": "2016-06-10",
    "reason": "not_received",
    "amount": "31.90 USD",
    "filed_at": "2016-06-20T09:00:00-07:00",
    "labels": '{"account": "=cmd|calc", "shop": "北"}',
}


def table(*rows, delimiter=","):
    """A CSV file's text."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [*dict.fromkeys(name for row in rows for name in row)], delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def cells(out):
    """The rows of printed CSV."""
    return list(csv.DictReader(io.StringIO(out)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_claims_come_from_a_spreadsheet(atoz, tmp_path, encoding, delimiter):
    """One row is one claim, whatever the spreadsheet parts the cells with; one row is a worklist too."""
    file = tmp_path / "claims.csv"
    file.write_text(table(ROW, delimiter=delimiter), encoding=encoding)
    done = atoz("plan", file, *AS_OF, "--json")
    assert (done.code, done.err) == (0, "")
    (row,) = json.loads(done.out)["claims"]
    assert (row["order_id"], row["marketplace"], row["step"]) == ("123-1234567-1234567", "US", "answer_with_reasons")
    assert row["labels"] == json.loads(ROW["labels"])
    assert atoz("plan", file, *AS_OF, "--one").code == 0


def test_bad_rows_are_named_and_the_rest_is_planned(atoz, tmp_path):
    """Each with its line and its cell; nothing is guessed for what is missing or wrong."""
    bad = [
        {**ROW, "reason": ""},
        {**ROW, "placed_at": "2016-06-01T08:00:00"},
        {**ROW, "marketplace": "Narnia"},
        {**ROW, "amount": "31,90"},
        {**ROW, "filed_at": ""},
        {**ROW, "labels": "{"},
        {**ROW, "order_id": "1"},
    ]
    file = tmp_path / "claims.csv"
    file.write_text(table(ROW, *bad, ROW), encoding="utf-8")
    done = atoz("plan", file, *AS_OF, "--json")
    assert done.code == 2
    document = json.loads(done.out)
    assert len(document["claims"]) == 2
    assert document["bad_lines"] == [f"{file} line {number}" for number in range(3, 10)]
    for number, field in enumerate(
        ["reason", "placed_at", "marketplace", "amount", "history", "not JSON", "order_id"], 3
    ):
        assert f"{file} line {number}: " in done.err
        assert field in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no header"),
        ("order_id,filing date\n", "no such column"),
        ("order_id,order_id\n", "duplicate column"),
        ('order_id,marketplace\n"123,US\n', "line"),
        (",".join(f"c{number}" for number in range(100_000)) + "\n", "100,000 columns"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_error(atoz, tmp_path, text, says):
    """No header, unknown or repeated columns, an unclosed quote, 100,000 columns."""
    file = tmp_path / "claims.csv"
    file.write_text(text, encoding="utf-8")
    done = atoz("plan", file, *AS_OF)
    assert done.code == 2
    assert says in done.err
    assert "Traceback" not in done.err
    assert len(done.err) < 1_000_000


def test_bytes_that_are_no_text_are_named(atoz, tmp_path):
    """UTF-16, NUL and half a character: a fault each, never a traceback."""
    file = tmp_path / "claims.csv"
    for content in (table(ROW).encode("utf-16"), table(ROW).encode() + b"\0,\xff\xfe\n", b"\xff" * 100):
        file.write_bytes(content)
        done = atoz("plan", file, *AS_OF)
        assert done.code == 2
        assert "Traceback" not in done.err


def test_the_worklist_goes_into_a_spreadsheet(atoz, tmp_path):
    """As CSV with the cells of the JSON, a column for each label, and no cell that is a formula."""
    file = tmp_path / "claims.csv"
    other = {**ROW, "order_id": "123-1234567-0000002", "amount": "", "labels": ""}
    file.write_text(table(ROW, other), encoding="utf-8")
    done = atoz("plan", file, *AS_OF, "--csv")
    assert (done.code, done.err) == (0, "")
    rows = cells(done.out)
    listed = json.loads(atoz("plan", file, *AS_OF, "--json").out)["claims"]
    assert [row["order_id"] for row in rows] == [row["order_id"] for row in listed]
    for row, document in zip(rows, listed, strict=True):
        for name in ("status", "attention", "action", "step", "due_at", "deadline_at", "look_again_at", "marketplace"):
            assert row[name] == (document[name] or "")
        assert row["overdue"] == json.dumps(document["overdue"])
        money = document["at_risk"]
        assert row["at_risk"] == (f"{money['value']} {money['currency']}" if money else "")
        assert row["label:shop"] == document["labels"].get("shop", "")
    assert {row["label:account"] for row in rows} == {"'=cmd|calc", ""}
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


def test_one_claim_is_a_table_of_one_row(atoz, claims):
    """--csv prints a table also of a single document, and goes with no other form."""
    file = claims / "not-received.json"
    assert len(cells(atoz("plan", file, *AS_OF, "--csv").out)) == 1
    for other in ("--json", "--one", "--draft"):
        done = atoz("plan", file, *AS_OF, "--csv", other)
        assert (done.code, done.out) == (2, "")
        assert "--csv" in done.err


def test_out_of_the_store_and_into_the_plan(atoz, claims, tmp_path):
    """What `atoz store export --form csv` writes gives the worklist that the store gives."""
    pytest.importorskip("sqlalchemy", reason="the store needs its extra")
    store = ("--store", tmp_path / "claims.db")
    atoz("store", "load", claims / "many.jsonl", *store)
    file = tmp_path / "claims.csv"
    file.write_text(atoz("store", "export", "--form", "csv", *store).out, encoding="utf-8")
    as_of = ("--as-of", "2026-09-20T16:00:00Z", "--csv")
    from_store = cells(atoz("plan", *store, *as_of).out)
    assert cells(atoz("plan", file, *as_of).out) == from_store
    assert len(from_store) > 3

"""`--edition FILE` in every command: the figures of a file count, a claim goes through files and stores, and errors."""

import csv
import json
from pathlib import Path

import pytest

from atoz.rulebook.edition import Edition

FILE = Path(__file__).parents[2] / "examples" / "editions" / "our-rules.toml"
ID = "123-1234567-1234567"
REFERENCE = Edition.read(FILE.read_text(encoding="utf-8")).reference
LATER = ("--as-of", "2026-11-16T16:00:00Z")


@pytest.fixture
def claim(atoz, tmp_path):
    """A claim that was opened by a file of rules."""
    order = {
        "order_id": ID,
        "marketplace": "US",
        "placed_at": "2026-10-30T15:00:00Z",
        "deliver_by": "2026-11-09",
    }
    (tmp_path / "order.json").write_text(json.dumps(order))
    filed = ("--reason", "not_received", "--filed-at", "2026-11-15T16:00:00Z")
    done = atoz("open", tmp_path / "order.json", *filed, "--edition", FILE, "-o", tmp_path / "claim.json")
    assert (done.code, REFERENCE in done.err) == (0, True)
    return tmp_path / "claim.json"


@pytest.fixture
def changed(tmp_path):
    """Another text under the same id: a day more for each figure."""
    text = FILE.read_text(encoding="utf-8")
    for value in (4, 50, 5):
        text = text.replace(f"value = {value}\n", f"value = +{value + 1}\n")
    path = tmp_path / "changed.toml"
    path.write_text(text)
    return path


def test_a_claim_says_by_which_text_it_is_counted(claim):
    """The document has the id and the hash."""
    assert json.loads(claim.read_text())["edition"] == REFERENCE


def test_a_day_more_in_the_file_is_a_day_more_in_every_command(atoz, claim, changed, tmp_path):
    """Window, plan, simulation and batch count by the file that is named."""
    pytest.importorskip("polars")
    order = tmp_path / "order.json"
    rows = tmp_path / "rows.csv"
    rows.write_text(
        "order_id,marketplace,placed_at,deliver_by,filed_at\n123,US,2026-10-30T15:00:00Z,2026-11-09,2026-11-15T16:00:00Z\n"
    )
    days = []
    for place, file in enumerate((FILE, changed)):
        window = json.loads(atoz("window", order, "--edition", file, "--on", "2026-11-12", "--json", "--explain").out)
        claims = json.loads(claim.read_text()) | {"edition": "us-2026"}
        made = json.loads(
            atoz(
                "plan",
                "-",
                "--edition",
                file,
                *LATER,
                "--one",
                "--json",
                "--explain",
                stdin=json.dumps(claims).encode(),
            ).out
        )
        done = atoz("batch", rows, "-o", tmp_path / f"windows{place}.csv", "--edition", file)
        assert done.code == 0, done.err
        done = atoz(
            "batch", rows, "-o", tmp_path / f"due{place}.csv", "--edition", file, "--deadline", "answer_amazon", *LATER
        )
        assert done.code == 0, done.err
        compared = json.loads(atoz("window", order, "--compare", "--edition", file, "--json").out)
        ours = next(row for row in compared["windows"] if row["edition"] == window["edition"])
        cells = (tmp_path / f"windows{place}.csv").read_text().splitlines()[1].split(",")
        (due,) = csv.DictReader((tmp_path / f"due{place}.csv").read_text().splitlines())
        assert window["edition"] == made["edition"] == cells[-2].strip('"') == due["answer_amazon_edition"]
        days.append(
            (
                window["opens"],
                ours["closes"],
                made["window"]["opens"],
                made["deadlines"][1]["due_at"][:10],
                cells[5],
                due["answer_amazon_due_at"][:10],
            )
        )
    assert days == [
        ("2026-11-13", "2026-12-29", "2026-11-13", "2026-11-20", "2026-11-13", "2026-11-20"),
        ("2026-11-14", "2026-12-30", "2026-11-14", "2026-11-21", "2026-11-14", "2026-11-21"),
    ]


READING = {
    "plan": ("plan", "{claim}", *LATER),
    "report": ("report", "{claim}", "-o", "{new}.html", *LATER),
    "calendar": ("report", "{claim}", "--ics", "-o", "{new}.ics", *LATER),
    "packet": ("packet", "{claim}", *LATER),
    "diagram": ("diagram", "{claim}"),
    "apply": ("apply", "{claim}", "denied", "--at", "2026-11-16T16:00:00Z"),
    "simulate": ("policy", "simulate", "current", "{claim}"),
    "window": ("window", "{claim}", "--on", "2026-11-16"),
}


@pytest.mark.parametrize("name", READING)
def test_a_claim_is_read_where_its_file_is_named(atoz, claim, changed, tmp_path, name):
    """Without it, and with another text of its id, the claim is refused: the error says what to pass."""
    line = [part.format(claim=claim, new=tmp_path / "new") for part in READING[name]]
    missing = atoz(*line)
    assert missing.code == 2
    assert f"{REFERENCE} is an edition of your own, and it was not passed; pass the text" in missing.err
    assert "--edition FILE" in missing.err
    other = atoz(*line, "--edition", changed)
    assert other.code == 2
    assert f"{REFERENCE} was counted by, our-rules@" in other.err
    done = atoz(*line, "--edition", FILE)
    assert done.code in (0, 1), done.err


def test_a_claim_lives_in_a_store(atoz, claim, changed, tmp_path):
    """Loaded, planned, moved, listed and checked by the file; the store keeps the claim's reference, not the text."""
    lines = tmp_path / "claims.jsonl"
    lines.write_text(json.dumps(json.loads(claim.read_text())) + "\n")
    store = ("--store", tmp_path / "claims.db")
    refused = atoz("store", "load", lines, *store)
    assert (refused.code, "it was not passed" in refused.err) == (2, True)
    assert atoz("store", "load", lines, *store, "--edition", FILE).out == "1 added, 0 extended, 0 unchanged\n"
    assert REFERENCE in atoz("store", "show", ID, *store).out
    assert atoz("plan", *store, *LATER).code == 2
    assert ID in atoz("plan", *store, "--edition", FILE, *LATER).out
    event = ("apply", ID, "denied", "--at", "2026-11-16T16:00:00Z", *store)
    assert atoz(*event).code == 2
    assert atoz(*event, "--edition", changed).code == 2
    assert atoz(*event, "--edition", FILE).out == f"{ID}: under_review -> closed, version 2\n"
    late = ("apply", ID, "buyer_messaged", "--at", "2026-11-15T18:00:00Z", "--late", *store)
    assert atoz(*late, "--edition", FILE).code == 0
    wrong = ("retract", ID, "buyer_messaged", "--reason", "other_claim", *store)
    assert atoz(*wrong).code == 2
    done = atoz(*wrong, "--edition", FILE)
    assert (done.code, "version 4" in done.out) == (0, True)
    assert atoz("store", "verify", *store, "--edition", FILE).code == 0
    unknown = atoz("store", "verify", *store)
    assert (unknown.code, "it was not passed" in unknown.out) == (1, True)


def test_a_policy_is_tested_under_a_file(atoz, tmp_path):
    """The explorer counts by it; a policy may be written for it, and a failing case is a test that reads both."""
    done = atoz("policy", "check", "current", "--edition", FILE, "--depth", "0")
    assert done.code == 0, done.err
    assert f"policy current under {REFERENCE}: holds" in done.out
    text = (Path(__file__).parents[2] / "examples" / "policies" / "first-draft.toml").read_text(encoding="utf-8")
    own = tmp_path / "own.toml"
    own.write_text(
        "\n".join('editions = ["our-rules"]' if line.startswith("editions =") else line for line in text.splitlines())
    )
    unknown = atoz("policy", "check", own, "--depth", "0")
    assert (unknown.code, "no edition 'our-rules'" in unknown.err) == (2, True)
    failing = atoz("policy", "check", own, "--edition", FILE, "--depth", "1", "--as-test")
    assert failing.code == 1, failing.err
    test: dict[str, object] = {}
    exec(failing.out.split("\n\n\ndef ")[0].split("\n\ndef ")[0], test)  # noqa: S102  (what atoz itself printed)
    run = next(value for key, value in test.items() if key.startswith("test_"))
    with pytest.raises(AssertionError):
        run()


def test_a_file_is_shown(atoz):
    """`atoz editions show` takes it, and JSON gives it back."""
    assert "our-rules" in atoz("editions", "show", FILE).out
    assert json.loads(atoz("editions", "show", FILE, "--json").out)["id"] == "our-rules"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('id = "our-rules"', 'id = "us-2026"', "id: 'us-2026' ships with atoz"),
        (
            'starts_with = ["deliver_by"]',
            'starts_with = ["promised"]',
            "parameters.0.starts_with: 'promised' is no fact",
        ),
        ("value = 4\n", "", "parameters.0.value: this field is required"),
        ("[[parameters]]", "[[parameters", "not TOML"),
    ],
)
def test_a_bad_file_is_refused_with_its_key(atoz, tmp_path, before, after, said):
    """The file, the key and the reason, in every command alike; exit code 2."""
    bad = tmp_path / "bad.toml"
    bad.write_text(FILE.read_text(encoding="utf-8").replace(before, after))
    for line in (
        ("window", "--marketplace", "US", "--placed-at", "2026-06-01T15:00:00Z"),
        ("policy", "check", "current"),
    ):
        done = atoz(*line, "--edition", bad)
        assert done.code == 2
        assert str(bad) in done.err
        assert said in done.err
        assert "Traceback" not in done.err


def test_a_file_that_is_not_there_is_said(atoz):
    """A path that leads nowhere is no id."""
    done = atoz("window", "--marketplace", "US", "--placed-at", "2026-06-01T15:00:00Z", "--edition", "no/such.toml")
    assert (done.code, "no/such.toml" in done.err) == (2, True)


def test_a_document_that_says_in_force_is_pinned_and_says_how(atoz, tmp_path):
    """The note goes to standard error; the plan, and what is written, name the edition."""
    order = {"order_id": ID, "marketplace": "US", "placed_at": "2026-10-30T15:00:00Z"}
    history = [{"kind": "filed", "at": "2026-11-15T16:00:00Z"}]
    data = {"order": order, "reason": "not_received", "edition": "in-force", "history": history}
    path = tmp_path / "claim.json"
    path.write_text(json.dumps(data, indent=1))
    said = "claim.json: the document says in-force: edition us-2026 is in force for the US marketplace on 2026-11-15"
    made = atoz("plan", path, *LATER, "--json")
    assert (made.code, said in made.err) == (0, True)
    assert json.loads(made.out)["edition"] == "us-2026"
    moved = atoz("apply", path, "denied", "--at", "2026-11-16T16:00:00Z", "--in-place")
    assert (moved.code, said in moved.err) == (0, True)
    assert json.loads(path.read_text())["edition"] == "us-2026"
    assert atoz("plan", path, "--as-of", "2026-11-16T16:00:00Z").err == ""
    path.write_text(json.dumps({**data, "order": {**order, "marketplace": "TR"}}))
    none = atoz("plan", path, *LATER)
    assert none.code == 2
    assert "edition: no edition of the rules is known to be in force for TR" in none.err

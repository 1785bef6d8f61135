"""The vectorised replay: the same statuses and refusals as applying events one by one."""

# ruff: noqa: E402  (the libraries are asked for before what needs them)

from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random

import pytest

pytest.importorskip("narwhals")
pytest.importorskip("numpy")
pa = pytest.importorskip("pyarrow")

from atoz.errors import InvalidDocument, NoEditionInForce, TransitionRefused
from atoz.frames import replay
from atoz.lifecycle.operations import apply
from atoz.model.claim import Claim
from atoz.model.events import EVENT_CLASSES, status_after
from atoz.model.order import Order
from atoz.model.status import ClaimStatus
from atoz.rulebook.edition_selection import pick_edition

from .engines import ENGINES, rows_of

pytestmark = [
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
]
CLAIMS = 3_000
USUAL = [
    "filed",
    "granted_seller_funded",
    "denied",
    "seller_appealed",
    "buyer_appealed",
    "response_lapsed",
    "withdrawn",
]
KINDS = [*EVENT_CLASSES, *USUAL * 4]
GAPS = [
    timedelta(0),
    timedelta(hours=47),
    timedelta(hours=72),
    timedelta(days=7),
    timedelta(days=30),
    timedelta(days=31),
]
EDITIONS = ["faq-2016", "us-2026", "uk-current", "in-force"]


@cache
def histories():
    """Random histories, beside every deadline to the microsecond, across changes of clocks."""
    random = Random(11)  # noqa: S311
    return [_history(random, key) for key in range(CLAIMS)]


def _history(random, key):
    at = datetime(
        random.choice((2016, 2017, 2021, 2026)),
        random.choice((2, 3, 6, 10, 11)),
        random.randrange(1, 28),
        9,
        tzinfo=UTC,
    )
    market, rows = random.choice(("US", "US", "GB")), []
    kind = "filed" if random.random() < 0.85 else "observed"
    for _ in range(random.randrange(1, 9)):
        rows.append(
            {
                "key": key,
                "kind": kind if random.random() < 0.99 else None,
                "at": at,
                "marketplace": market,
                "consent_to_recharge": random.choice((True, False, None)),
                "due_at": at - timedelta(days=1),
                "respond_by": at + timedelta(days=3)
                if kind == "information_requested" and random.random() < 0.5
                else None,
                "status": random.choice([*ClaimStatus]) if kind == "observed" else None,
            }
        )
        at += random.choice(GAPS) + timedelta(microseconds=random.choice((-1, 0, 0, 1)))
        kind = random.choice(KINDS)
    if random.random() < 0.3:
        random.shuffle(rows)
    return rows


def _event(row):
    event = EVENT_CLASSES[row["kind"]]
    facts = {
        name: row[name]
        for name in ("consent_to_recharge", "due_at", "respond_by", "status")
        if name in event.model_fields
    }
    facts = {name: value for name, value in facts.items() if value is not None}
    extra = (
        {"evidence": "photo"}
        if row["kind"] == "evidence_added"
        else {"actor": "buyer"}
        if row["kind"] == "order_cancelled"
        else {}
    )
    return event(at=row["at"], **facts, **extra)


def _one_by_one(rows, edition):
    """Status and place of the first refused event, by `apply`."""
    ordered = sorted(rows, key=lambda row: row["at"])
    claim, before = None, []
    order = Order(
        order_id="123-1234567-1234567", marketplace=rows[0]["marketplace"], placed_at=datetime(2015, 1, 1, tzinfo=UTC)
    )
    try:
        begin = next((each for each in ordered if each["kind"] in ("filed", "observed")), ordered[0])
        chosen = pick_edition(edition, order.marketplace, order.local_day(begin["at"])).id
    except NoEditionInForce:
        chosen = "ca-current"  # it names no deadline
    for place, row in enumerate(ordered):
        if row["kind"] is None:
            return [claim.status.value if claim else None, place]
        event = _event(row)
        if claim is None:
            before.append(event)
            if status_after(event) is None:
                continue
            try:
                claim = Claim(order=order, reason="other", edition=chosen, history=tuple(before))
            except ValueError:
                return [None, place]
            continue
        try:
            claim = apply(claim, event)
        except TransitionRefused:
            return [claim.status.value, place]
    return [claim.status.value if claim else None, None]


@cache
def expected(edition):
    """What the scalar code makes of every history."""
    return {rows[0]["key"]: _one_by_one(rows, edition) for rows in histories()}


@cache
def table():
    """All events as one table."""
    rows = [row for history in histories() for row in history]
    moment = pa.timestamp("us", "UTC")
    schema = {"key": pa.int64(), "kind": pa.string(), "at": moment, "marketplace": pa.string()}
    schema |= {"consent_to_recharge": pa.bool_(), "due_at": moment, "respond_by": moment, "status": pa.string()}
    return pa.Table.from_pylist(rows, schema=pa.schema(list(schema.items())))


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_fold_agrees_with_applying_one_by_one(edition):
    """Three thousand random histories under each edition: the same status and the same first refusal."""
    found = rows_of(replay(table(), edition=edition, columns={"order_id": "key"}), ["status", "refused"])
    wrong = [
        (key, found.get(key), value, histories()[key])
        for key, value in expected(edition).items()
        if found.get(key) != value
    ]
    assert not wrong, f"{len(wrong)} differ, the first: {wrong[0]}"


@pytest.mark.parametrize("engine", [each for each in ENGINES if each not in ("spark", "spark-tokyo", "duckdb-cairo")])
def test_every_engine_folds_alike(engine):
    """The same result whatever the table is made of."""
    frame = ENGINES[engine](table())
    found = rows_of(replay(frame, edition="in-force", columns={"order_id": "key"}), ["status", "refused"])
    assert found == expected("in-force")


def test_every_refusal_and_status_is_reached():
    """The comparison would be worth little if nothing were refused late."""
    outcomes = [value for edition in EDITIONS for value in expected(edition).values()]
    assert {status for status, _ in outcomes} == {None, *(each.value for each in ClaimStatus)}
    assert {place for _, place in outcomes} >= {None, 1, 2, 3, 4, 5}


def test_an_empty_table_has_no_claims():
    """No events, no rows, the same columns."""
    result = replay(table().slice(0, 0), columns={"order_id": "key"})
    assert (result.num_rows, result.column_names) == (0, ["key", "status", "refused"])


def test_a_shuffle_keeps_the_order_of_one_instant():
    """Dask brings the events of a claim together without their order; the replay does not lose it."""
    pd, dask = pytest.importorskip("pandas"), pytest.importorskip("dask.dataframe")
    claims = [f"{number:03}" for number in range(200)]
    day = [datetime(2016, 7, 1, tzinfo=UTC)] * 400
    kinds = ["filed"] * 200 + ["denied"] * 200
    events = pd.DataFrame({"order_id": claims * 2, "kind": kinds, "at": day, "marketplace": "US"})
    found = replay(dask.from_pandas(events, npartitions=4, sort=False)).compute()
    assert set(found["status"]) == {"closed"}
    with pytest.raises(InvalidDocument, match="order_id"):
        replay(dask.from_pandas(events.drop(columns="order_id"), npartitions=2))


def test_what_duckdb_gives_can_be_joined():
    """The result lives on the connection that the events came from."""
    duckdb = pytest.importorskip("duckdb")
    connection = duckdb.connect()
    events = "SELECT 'a' AS order_id, 'filed' AS kind, TIMESTAMPTZ '2016-07-01' AS \"at\", 'US' AS marketplace"
    found = replay(connection.sql(events)).set_alias("found")
    assert found.join(connection.sql("SELECT 'a' AS order_id"), "order_id").fetchall() == [("a", "under_review", None)]


def test_ids_have_a_name_and_a_type_of_their_own():
    """A result is not called what the ids are called; a list is no id."""
    day = datetime(2016, 7, 1, tzinfo=UTC)
    row = {"kind": ["filed"], "at": [day], "marketplace": ["US"]}
    with pytest.raises(InvalidDocument, match="a result has this name"):
        replay(pa.table({"status": ["a"], **row}), columns={"order_id": "status"})
    with pytest.raises(InvalidDocument, match="List"):
        replay(pa.table({"order_id": [["a"]], **row}))


def test_claims_without_an_id_are_told_apart():
    """Nothing says that two events without an order id belong together."""
    day = datetime(2016, 7, 1, tzinfo=UTC)
    events = pa.table({"order_id": [None, None], "kind": ["filed"] * 2, "at": [day] * 2, "marketplace": ["US"] * 2})
    assert replay(events).to_pydict()["status"] == ["under_review"] * 2


def test_a_missing_column_is_named_with_a_hint():
    """The nearest column is offered."""
    with pytest.raises(InvalidDocument, match=r"kind: the table has no such column; nearest: kinds"):
        replay(
            pa.table(
                {"order_id": ["a"], "kinds": ["filed"], "at": [datetime(2016, 1, 1, tzinfo=UTC)], "marketplace": ["US"]}
            )
        )


@pytest.mark.parametrize("engine", ["pandas", "polars", "pyarrow"])
def test_a_second_appeal_is_never_refused_by_a_date(engine):
    """Granted, appealed, granted again: the thirty days are the first appeal's alone, here as in `atoz.apply`."""
    day = datetime(2026, 6, 1, 16, tzinfo=UTC)
    single = [("filed", 0), ("granted_seller_funded", 1), ("seller_appealed", 32)]
    repeated = [*single[:2], ("seller_appealed", 31), ("granted_seller_funded", 40), ("seller_appealed", 400)]
    events = [
        (key, kind, day + timedelta(days=days)) for key, rows in enumerate((single, repeated)) for kind, days in rows
    ]
    frame = pa.table(
        {
            "key": [key for key, _, _ in events],
            "kind": [kind for _, kind, _ in events],
            "at": [at for _, _, at in events],
            "marketplace": ["US"] * len(events),
        }
    )
    found = rows_of(
        replay(ENGINES[engine](frame), edition="us-2026", columns={"order_id": "key"}), ["status", "refused"]
    )
    assert found == {0: ["granted_seller_funded", 2], 1: ["under_review", None]}

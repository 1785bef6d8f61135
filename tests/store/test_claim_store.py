"""Claims kept: what is added comes back, a stale writer is refused and told what it missed, nothing is half-written."""

import os
import stat
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from atoz import Claim, ClaimStatus, TransitionRefused, open_claim, record, retract
from atoz.errors import InvalidDocument, OrderForgotten, ReplayRefused, StaleClaim, StoreUnusable, UnknownName
from atoz.model.events import (
    BuyerAppealed,
    BuyerMessaged,
    Denied,
    EvidenceAdded,
    InformationRequested,
    SellerMessaged,
    SellerResponded,
    Withdrawn,
)
from atoz.model.labels import Labels
from atoz.store import ClaimStore, StrikeReason
from atoz.testing import an_order

FILED = datetime(2026, 7, 1, 16, tzinfo=UTC)
ORDER_ID = "123-1234567-1234567"


def a_claim(number: int = 0, **facts: object) -> Claim:
    """A claim on an order of its own."""
    order = an_order(order_id=f"123-1234567-{number:07d}" if number else ORDER_ID)
    return open_claim(order, reason="not_received", filed_at=FILED, **facts)


def hours(count: float) -> datetime:
    """So many hours after the filing."""
    return FILED + timedelta(hours=count)


def test_what_is_added_comes_back(store: ClaimStore):
    """The claim, its id and version are the same when they are read again."""
    stored = store.add(a_claim(amount="31.90 USD"))
    assert (stored.claim_id, stored.version) == (ORDER_ID, 1)
    assert store.get(ORDER_ID) == stored
    assert stored.claim == a_claim(amount="31.90 USD")


def test_a_second_claim_on_an_order_has_an_id_of_its_own(store: ClaimStore):
    """The order id, then `/2`, then `/3`; each claim keeps its own log."""
    ids = [store.add(a_claim()).claim_id for _ in range(3)]
    assert ids == [ORDER_ID, f"{ORDER_ID}/2", f"{ORDER_ID}/3"]
    store.append(f"{ORDER_ID}/2", Denied(at=hours(5)), expected_version=1)
    assert [stored.version for stored in store.on_order(ORDER_ID)] == [1, 2, 1]
    assert [stored.claim_id for stored in store.on_order(ORDER_ID)] == ids


def test_an_unknown_claim_is_named_with_its_neighbours(store: ClaimStore):
    """A typing error shows what was probably meant."""
    store.add(a_claim())
    with pytest.raises(UnknownName) as raised:
        store.get("123-1234567-1234576")
    assert raised.value.nearest == (ORDER_ID,)


def test_events_are_applied_all_or_none(store: ClaimStore):
    """A refused event leaves the claim, its version and its log as they were."""
    store.add(a_claim())
    with pytest.raises(TransitionRefused):
        store.append(
            ORDER_ID, [BuyerMessaged(at=hours(1)), Denied(at=hours(2)), Withdrawn(at=hours(3))], expected_version=1
        )
    assert (store.get(ORDER_ID).version, len(store.log(ORDER_ID))) == (1, 1)
    stored = store.append(ORDER_ID, [BuyerMessaged(at=hours(1)), Denied(at=hours(2))], expected_version=1)
    assert (stored.version, stored.claim.status) == (3, ClaimStatus.CLOSED)
    assert store.get(ORDER_ID) == stored
    assert [entry.version for entry in store.log(ORDER_ID)] == [1, 2, 3]


def test_a_stale_writer_loses_nothing_and_is_told_what_it_missed(store: ClaimStore):
    """The second of two writers who read version 1 is refused with the event of the first."""
    store.add(a_claim())
    store.append(ORDER_ID, SellerMessaged(at=hours(1)), expected_version=1)
    with pytest.raises(StaleClaim) as raised:
        store.append(ORDER_ID, Denied(at=hours(2)), expected_version=1)
    assert (raised.value.expected, raised.value.actual) == (1, 2)
    assert raised.value.missed == ("2: seller_messaged at 2026-07-01T17:00:00+00:00",)
    assert store.get(ORDER_ID).version == 2


def test_a_corrected_order_keeps_what_was_known_before(store: ClaimStore):
    """The claim has the new facts, the log both; another order, or one that does not fit, is refused."""
    store.add(a_claim(amount="31.90 USD"))
    corrected = an_order(order_id=ORDER_ID, deliver_by="2016-06-12")
    stored = store.correct_order(ORDER_ID, corrected, expected_version=1)
    assert stored.claim.order == corrected
    assert '"deliver_by":"2016-06-10"' in store.log(ORDER_ID)[0].body
    for wrong in (
        an_order(order_id="123-1234567-7654321"),
        an_order(order_id=ORDER_ID, total="10 EUR"),
        an_order(order_id=ORDER_ID, deliver_by="2016-05-01"),
        an_order(order_id=ORDER_ID, placed_at=FILED + timedelta(microseconds=1), deliver_by=None),
    ):
        with pytest.raises(InvalidDocument):
            store.correct_order(ORDER_ID, wrong, expected_version=2)
    assert store.verify().damages == ()


def test_late_news_goes_to_its_place_and_wrong_news_is_struck_out(store: ClaimStore):
    """As `record` and `retract` have it; what does not hold together is refused and nothing is stored."""
    store.add(a_claim())
    denied, answered = Denied(at=hours(5)), SellerResponded(at=hours(2))
    store.append(ORDER_ID, denied, expected_version=1)
    stored = store.record(ORDER_ID, answered, expected_version=2)
    assert [event.kind for event in stored.claim.history] == ["filed", "seller_responded", "denied"]
    appealed = store.append(ORDER_ID, BuyerAppealed(at=hours(6)), expected_version=3)
    with pytest.raises(ReplayRefused):
        store.retract(ORDER_ID, denied, "other_claim", expected_version=4)
    with pytest.raises(ReplayRefused):
        store.record(ORDER_ID, Withdrawn(at=hours(3)), expected_version=4)
    assert store.get(ORDER_ID) == appealed
    stored = store.retract(ORDER_ID, answered, "entered_by_mistake", expected_version=4)
    assert [event.kind for event in stored.claim.history] == ["filed", "denied", "buyer_appealed"]
    assert [struck.reason for struck in stored.claim.struck_out] == ["entered_by_mistake"]
    assert store.get(ORDER_ID) == stored
    assert store.verify().damages == ()


def test_claims_are_found_by_their_labels(store: ClaimStore):
    """A claim's own label counts before its order's."""
    for number, label in enumerate(["north", "south", "north"], start=1):
        order = an_order(order_id=f"123-1234567-{number:07d}", labels={"shop": "north", "account": "A"})
        claim = open_claim(order, reason="other", filed_at=FILED)
        store.add(claim.model_copy(update={"labels": Labels({"shop": label})}))
    assert [stored.claim_id[-1] for stored in store.find(labels={"shop": "north"})] == ["1", "3"]
    assert [stored.claim_id[-1] for stored in store.find(labels={"shop": "south", "account": "A"})] == ["2"]
    assert list(store.find(labels={"shop": "east"})) == []


def test_free_text_is_not_stored(store_url: str, tmp_path: Path):
    """Neither the platform's words nor a note reach the database, its log or its write-ahead log."""
    with ClaimStore.open(store_url) as store:
        store.add(a_claim(platform_words="Erika Mustermann says it never came"))
        store.append(ORDER_ID, BuyerMessaged(at=hours(1), note="call me: 555-0100"), expected_version=1)
        assert store.get(ORDER_ID).claim.history[-1].note == ""
        kept = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
        bodies = "".join(entry.body for entry in store.log(ORDER_ID))
    for planted in ("Mustermann", "555-0100"):
        assert planted not in bodies
        assert planted.encode() not in kept


def test_a_reason_to_strike_out_is_one_of_a_list(store_url: str, tmp_path: Path):
    """Whatever a person would write is refused; of a claim that is added, words become `other` and notes go."""
    words, note = "Erika Mustermann rang and denied it", "call her back: 555-0100"
    messaged = BuyerMessaged(at=hours(1))
    struck = retract(record(a_claim(7), messaged.model_copy(update={"note": note})), messaged_with(note), words)
    with ClaimStore.open(store_url) as store:
        store.add(a_claim())
        store.append(ORDER_ID, messaged, expected_version=1)
        with pytest.raises(UnknownName, match="other_claim"):
            store.retract(ORDER_ID, messaged, words, expected_version=2)
        stored = store.retract(ORDER_ID, messaged, StrikeReason.OTHER_CLAIM, expected_version=2)
        assert [item.reason for item in stored.claim.struck_out] == ["other_claim"]
        added = store.add(struck).claim
        assert [(item.reason, item.event.note) for item in added.struck_out] == [("other", "")]
        kept = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
        bodies = "".join(entry.body for stored in store.find() for entry in store.log(stored.claim_id))
        assert store.verify().damages == ()
    for planted in ("Mustermann", "555-0100"):
        assert planted not in bodies
        assert planted.encode() not in kept


def messaged_with(note: str) -> BuyerMessaged:
    """The buyer's message of the first hour."""
    return BuyerMessaged(at=hours(1), note=note)


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_the_files_of_a_store_are_private(tmp_path: Path):
    """The database, its write-ahead log and its shared memory can be read by their owner alone, whatever the umask."""
    before = os.umask(0)
    try:
        with ClaimStore.open(tmp_path / "claims.db") as store:
            store.add(a_claim())
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert modes == {"claims.db": 0o600, "claims.db-wal": 0o600, "claims.db-shm": 0o600}


def test_the_database_writes_through(tmp_path: Path):
    """SQLite keeps a write-ahead log and synchronises at every commit."""
    with ClaimStore.open(tmp_path / "claims.db") as store, store._engine.connect() as connection:
        values = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")]
    assert values == ["wal", 2]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://db.example/claims", "mysql is not supported"),
        ("sqlite://", "would be lost"),
        ("sqlite:///:memory:", "would be lost"),
        ("://", "not a database URL"),
    ],
)
def test_a_url_that_cannot_be_used_says_why(url: str, said: str):
    """Another database, or one in memory, is refused before anything is written."""
    with pytest.raises(InvalidDocument, match=said):
        ClaimStore.open(url)


def test_a_password_is_never_shown(capsys: pytest.CaptureFixture[str]):
    """A server that does not answer is named without the password."""
    with pytest.raises(StoreUnusable) as raised:
        ClaimStore.open("postgresql://atoz:secret-word@127.0.0.1:1/claims")
    assert "secret-word" not in f"{raised.value} {raised.value.args} {raised.value.__cause__} {capsys.readouterr()}"
    assert "127.0.0.1" in raised.value.place


def test_no_store_is_made_where_one_is_only_read(tmp_path: Path):
    """A mistyped path is an error, not an empty store; so is a database of something else."""
    with pytest.raises(StoreUnusable, match="no such file"):
        ClaimStore.open(tmp_path / "calims.db", create=False)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "text.db").write_text("this is no database, and it is longer than a hundred bytes" * 3)
    with pytest.raises(StoreUnusable, match="not a database"):
        ClaimStore.open(tmp_path / "text.db", create=False)


def test_claims_are_found_by_status(store: ClaimStore):
    """Listing is in the order of ids; a condition narrows it."""
    for number in (3, 1, 2):
        store.add(a_claim(number))
    store.append("123-1234567-0000002", Denied(at=hours(1)), expected_version=1)
    assert [stored.claim_id[-1] for stored in store.find()] == ["1", "2", "3"]
    assert [stored.claim_id[-1] for stored in store.find(status=[ClaimStatus.UNDER_REVIEW])] == ["1", "3"]
    assert list(store.find(status=[])) == []


class TestForgetting:
    """An order that is forgotten is gone for good."""

    def test_its_rows_go_and_it_does_not_come_back(self, store: ClaimStore):
        """Both claims on the order are deleted, the neighbour stays, and adding it again is refused."""
        for claim in (a_claim(), a_claim(), a_claim(7)):
            store.add(claim)
        forgotten = store.forget(ORDER_ID)
        assert (forgotten.claims, forgotten.entries, forgotten.backups) == (2, 2, ())
        assert [stored.claim_id for stored in store.find()] == ["123-1234567-0000007"]
        assert (store.is_forgotten(ORDER_ID), store.is_forgotten("123-1234567-0000007")) == (True, False)
        with pytest.raises(OrderForgotten):
            store.add(a_claim())
        assert store.verify().damages == ()
        assert store.forget(ORDER_ID).claims == 0

    def test_no_byte_of_it_stays_in_the_files(self, tmp_path: Path):
        """Neither the database nor its write-ahead log has the order id any more."""
        with ClaimStore.open(tmp_path / "claims.db") as store:
            store.add(a_claim())
            store.add(a_claim(7))
            assert ORDER_ID.encode() in b"".join(path.read_bytes() for path in tmp_path.iterdir())
            store.forget(ORDER_ID)
            kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
        assert ORDER_ID.encode() not in kept
        assert b"123-1234567-0000007" in kept

    def test_backups_that_still_hold_it_are_named(self, tmp_path: Path):
        """A backup that was deleted since is not named."""
        with ClaimStore.open(tmp_path / "claims.db") as store:
            store.add(a_claim())
            kept, gone = store.back_up(tmp_path / "kept.db"), store.back_up(tmp_path / "gone.db")
            gone.unlink()
            assert store.forget(ORDER_ID).backups == (str(kept.resolve()),)


class TestVerification:
    """Every stored claim is replayed; what was changed or lost by accident shows."""

    def test_a_whole_store_has_nothing_wrong(self, store: ClaimStore):
        """The counts agree, and the head changes with every entry."""
        store.add(a_claim())
        first = store.verify()
        store.append(ORDER_ID, Denied(at=hours(1)), expected_version=1)
        second = store.verify()
        assert (second.claims, second.entries, second.damages) == (1, 2, ())
        assert first.head != second.head

    @pytest.mark.parametrize(
        ("damage", "version", "message"),
        [
            ("UPDATE atoz_entries SET body = replace(body, 'T18', 'T19') WHERE version = 3", 3, "was changed"),
            ("DELETE FROM atoz_entries WHERE version = 2", 2, "entry 2 is missing"),
            ("DELETE FROM atoz_entries WHERE version = 3", 0, "at version 3, its log ends with entry 2"),
            ("DELETE FROM atoz_entries", 0, "its log ends with no entries"),
            ("UPDATE atoz_claims SET document = replace(document, 'not_received', 'other')", 0, "not what its entries"),
            ("UPDATE atoz_claims SET version = 2", 0, "at version 2, its log ends with entry 3"),
        ],
    )
    def test_damage_is_found(self, store: ClaimStore, damage: str, version: int, message: str):
        """The claim, the entry and what is wrong with it are named; the neighbour is whole."""
        store.add(a_claim())
        store.append(ORDER_ID, [BuyerMessaged(at=hours(1)), Denied(at=hours(2))], expected_version=1)
        with store._engine.begin() as connection:
            connection.exec_driver_sql(damage)
        store.add(a_claim(7))
        found = store.verify().damages
        assert {each.claim_id for each in found} == {ORDER_ID}
        assert [(each.version, message in each.message) for each in found if message in each.message] == [
            (version, True)
        ]


EVENTS = st.sampled_from(
    [BuyerMessaged, SellerMessaged, InformationRequested, Denied, lambda at: EvidenceAdded(at=at, evidence="photos")]
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(EVENTS, st.integers(0, 40)), max_size=8), number=st.integers(1, 9_999_999))
def test_a_stored_history_is_the_applied_one(tmp_path: Path, steps: list, number: int):
    """Whatever is stored event by event is what `apply` makes of it, refusals included."""
    from atoz import apply

    with ClaimStore.open(tmp_path / "claims.db") as store:
        stored, claim = store.add(a_claim(number)), a_claim(number)
        at = FILED
        for build, later in steps:
            at += timedelta(hours=later)
            event = build(at=at)
            try:
                claim = apply(claim, event)
            except TransitionRefused:
                with pytest.raises(TransitionRefused):
                    store.append(stored.claim_id, event, expected_version=stored.version)
                continue
            stored = store.append(stored.claim_id, event, expected_version=stored.version)
        assert store.get(stored.claim_id).claim == claim
        assert Counter(damage.claim_id for damage in store.verify().damages) == Counter()

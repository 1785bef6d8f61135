"""The daily mail: certain events are applied once, in whatever order they come; the rest is for a person to decide."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytest.importorskip("sqlalchemy")
pytest.importorskip("authres")

import atoz.lifecycle.guards
from atoz import ClaimStatus, open_claim
from atoz.errors import InvalidDocument
from atoz.inbox import InboxResult, Incoming, run_inbox
from atoz.model.events import Denied, GrantedSellerFunded, SellerResponded
from atoz.model.text import Text, phrases
from atoz.store import ClaimStore
from atoz.store.entries import described
from atoz.testing import an_order

ORDER_ID = "123-1234567-1234567"
FILED = datetime(2026, 7, 1, 16, tzinfo=UTC)
NOW = FILED + timedelta(days=60)
BUILT = datetime(2026, 4, 21, 16, tzinfo=UTC)
"""The order was placed twenty days before this."""
NOTIFY = "A_Z_CLAIM_RESPONDENT_NOTIFY"
SERVER = "mx.example.net"
GRANT_TEXT = "We have granted an A-to-z Guarantee claim. We will debit your account $31.90."
VERDICT = f"{SERVER}; dmarc=pass header.from=amazon.com"


def a_mail(
    text: str,
    *,
    at: datetime,
    subject: str = f"Your order {ORDER_ID}",
    header: str = NOTIFY,
    message_id: str | None = None,
    verdict: str | None = VERDICT,
    received: datetime | None = None,
) -> bytes:
    """A mail of Amazon's as the seller's server hands it on."""
    mail = EmailMessage()
    if verdict:
        mail["Authentication-Results"] = verdict
    if received:
        mail["Received"] = f"from amazon.com by mx.example.net; {format_datetime(received)}"
    mail["From"] = "atoz-guarantee-no-reply@amazon.com"
    mail["Subject"] = subject
    mail["Date"] = format_datetime(at)
    mail["X-Space-Notification-Type"] = header
    mail["X-Marketplace-ID"] = "ATVPDKIKX0DER"
    if message_id != "":
        mail["Message-ID"] = message_id or f"<{abs(hash((text, at)))}@amazon.com>"
    mail.set_content(text)
    return mail.as_bytes()


RECEIVED = a_mail("We received an A-to-z Guarantee claim of $31.90 on the order.", at=FILED)
GRANTED = a_mail(
    GRANT_TEXT,
    at=FILED + timedelta(days=4),
    header="A_Z_CLAIM_RESPONDENT_CLOSE",
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ClaimStore]:
    """A store with one claim, filed and not answered."""
    with ClaimStore.open(tmp_path / "claims.db") as opened:
        opened.add(
            open_claim(
                an_order(filed_at=BUILT, order_id=ORDER_ID), reason="not_received", filed_at=FILED, amount="31.90 USD"
            )
        )
        yield opened


def run(store: ClaimStore, *mails: bytes, server: str | None = SERVER, as_of: datetime = NOW) -> InboxResult:
    """One run over these mails."""
    items = [Incoming(f"mail {number}", data) for number, data in enumerate(mails)]
    return run_inbox(store, items, as_of=as_of, server=server)


def kinds(store: ClaimStore) -> list[str]:
    """The kinds of the claim's events."""
    return [event.kind for event in store.get(ORDER_ID).claim.history]


def test_a_verified_decision_is_applied(store: ClaimStore):
    """The grant is in the history with its amount; running again changes nothing."""
    first = run(store, RECEIVED, GRANTED)
    assert kinds(store) == ["filed", "granted_seller_funded"]
    assert [applied.version for applied in first.applied] == [2]
    again = run(store, GRANTED, RECEIVED)
    assert (again.applied, again.new_records, again.decisions) == ((), 0, ())
    assert store.get(ORDER_ID).version == 2
    assert store.verify().damages == ()


@pytest.mark.parametrize(
    "mail",
    [
        a_mail(
            GRANT_TEXT,
            at=FILED + timedelta(days=4),
            verdict=None,
        ),
        a_mail(
            GRANT_TEXT,
            at=FILED + timedelta(days=4),
            message_id="",
        ),
    ],
    ids=["no verdict", "no Message-ID"],
)
def test_what_is_not_certain_is_a_decision_until_it_is_taken(store: ClaimStore, mail: bytes):
    """Nothing is applied; the decision names its command, comes again in the next run, and goes once it is taken."""
    for _ in range(2):
        (decision,) = run(store, mail).decisions
        assert (decision.code, decision.claim_id) == ("not_certain", ORDER_ID)
        assert decision.command.startswith(
            f"atoz apply {ORDER_ID} granted_seller_funded --at 2026-07-05T16:00:00+00:00"
        )
    assert kinds(store) == ["filed"]
    store.append(ORDER_ID, GrantedSellerFunded(at=FILED + timedelta(days=4)), expected_version=1)
    assert run(store, mail).decisions == ()


def test_without_a_named_server_no_mail_is_certain(store: ClaimStore):
    """The header alone proves nothing."""
    assert [decision.code for decision in run(store, GRANTED, server=None).decisions] == ["not_certain"]
    assert kinds(store) == ["filed"]


def test_two_contents_with_one_message_id_are_both_doubted(store: ClaimStore):
    """Whichever came first: one of them is not what it seems."""
    other = GRANTED.replace(b"31.90", b"99.00")
    for mails in ((GRANTED, other), (other, GRANTED)):
        assert run(store, *mails).applied == () or kinds(store) == ["filed"]
        assert kinds(store) == ["filed"]
    assert run(store).decisions != ()


def test_a_mail_received_long_before_its_date_counts_from_its_receipt(store: ClaimStore):
    """The earlier of the two, and a remark if they are more than an hour apart."""
    at = FILED + timedelta(days=4)
    mail = a_mail(GRANT_TEXT, at=at, received=at - timedelta(hours=2))
    (remark,) = run(store, mail).remarks
    assert "the earlier one counts" in remark.message.en
    assert "以较早者为准" in remark.message.zh
    assert store.get(ORDER_ID).claim.history[-1].at == at - timedelta(hours=2)


def test_an_order_without_a_claim_waits_with_its_safe_clock(tmp_path: Path):
    """No claim is made up; the earliest supported deadline is shown, and the command that opens the claim."""
    asked = a_mail("Please respond.", at=FILED, subject=f"Action required: claim received on order {ORDER_ID}")
    with ClaimStore.open(tmp_path / "empty.db") as store:
        (pending,) = run(store, GRANTED, RECEIVED, asked).pending
        assert pending.kinds == ("filed", "information_requested", "granted_seller_funded")
        assert (pending.order_id, list(store.find())) == (ORDER_ID, [])
        assert pending.clocks[0].name == "answer_amazon"
        assert FILED < pending.clocks[0].act_by <= FILED + timedelta(hours=72)
        assert pending.command.startswith("atoz open ORDER --notice MAIL")
        store.add(open_claim(an_order(filed_at=BUILT, order_id=ORDER_ID), reason="not_received", filed_at=FILED))
        assert run(store).pending == ()


def test_a_later_filing_on_the_same_order_is_a_decision(store: ClaimStore):
    """It may be a second claim; nobody but a person can say so."""
    again = a_mail("We received an A-to-z Guarantee claim of $31.90 on the order.", at=FILED + timedelta(days=20))
    decisions = run(store, RECEIVED, again).decisions
    assert [decision.code for decision in decisions] == ["second_filing"]
    assert kinds(store) == ["filed"]


def test_other_mail_is_counted_and_not_kept(store: ClaimStore):
    """A mail about something else leaves nothing behind; a file that cannot be read is named."""
    plain = b"From: a@example.com\nSubject: Lunch\nDate: Wed, 01 Jul 2026 10:00:00 +0000\n\nAt noon?\n"
    result = run_inbox(
        store, [Incoming("a", plain), Incoming("b", None, Text(en="it cannot be read"))], as_of=NOW, server=SERVER
    )
    assert (result.read, result.about_claims, result.new_records) == (2, 1, 0)
    assert [(remark.name, remark.message.en) for remark in result.unreadable] == [("b", "it cannot be read")]


def test_what_a_person_entered_stays(store: ClaimStore):
    """Events that were applied by hand are never taken away by a run."""
    store.append(ORDER_ID, SellerResponded(at=FILED + timedelta(days=1)), expected_version=1)
    run(store, RECEIVED, GRANTED)
    assert kinds(store) == ["filed", "seller_responded", "granted_seller_funded"]


def test_forgotten_orders_stay_forgotten(store: ClaimStore):
    """Mail about a forgotten order leaves nothing behind."""
    run(store, GRANTED)
    store.forget(ORDER_ID)
    result = run(store, RECEIVED, GRANTED)
    assert (result.new_records, result.pending, result.decisions) == (0, (), ())


def test_no_text_of_a_mail_reaches_the_store(store: ClaimStore, tmp_path: Path):
    """Neither names, addresses nor the Message-ID are in the database or its write-ahead log."""
    secret = a_mail(
        f"Dear Erika Mustermann of Hauptstrasse 5, call 555-0100. {GRANT_TEXT}",
        at=FILED + timedelta(days=4),
        message_id="<planted-id@amazon.com>",
    )
    run(store, secret)
    assert "granted_seller_funded" in kinds(store)
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for planted in (b"Mustermann", b"Hauptstrasse", b"555-0100", b"planted-id", b"no-reply@amazon"):
        assert planted not in kept


def test_nothing_personal_of_a_file_reaches_the_store(store: ClaimStore, tmp_path: Path):
    """An order's payload with the buyer and the address, and a returns report with names in its texts."""
    payload = json.loads(an_order_payload("2026-04-11T06:59:59Z"))
    address = {
        "Name": "Erika Mustermann",
        "AddressLine1": "Hauptstrasse 5",
        "Phone": "555-0100",
        "City": "Plantedville",
    }
    payload["payload"] |= {"ShippingAddress": address, "BuyerInfo": {"BuyerEmail": "erika@example.com"}}
    payload["payload"] |= {"BuyerName": "Erika Mustermann", "SellerNote": "ring at Mustermann"}
    report = Path(__file__).parents[1] / "sources" / "data" / "SYNTHETIC_returns_flat_file.tsv"
    rows = report.read_text(encoding="utf-8").replace("111-0000002-0000002", ORDER_ID)
    rows = rows.replace("Example item 2", "Mustermann Hauptstrasse").replace("USPS", "555-0100")
    result = run(store, json.dumps(payload).encode(), rows.encode())
    assert result.new_records >= 2
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for planted in (b"Mustermann", b"Hauptstrasse", b"555-0100", b"erika@"):
        assert planted not in kept


def an_order_payload(deliver_by: str, updated: str = "2026-07-02T00:00:00Z", order_id: str = ORDER_ID) -> bytes:
    """An order as the seller's own program fetches it; the instant is the end of the promised day in California."""
    payload = {"AmazonOrderId": order_id, "MarketplaceId": "ATVPDKIKX0DER", "OrderStatus": "Shipped"}
    payload |= {"PurchaseDate": "2026-04-01T15:00:00Z", "LatestDeliveryDate": deliver_by, "LastUpdateDate": updated}
    return json.dumps({"payload": payload}).encode()


EARLY, LATE = an_order_payload("2026-04-11T06:59:59Z"), an_order_payload("2026-04-15T06:59:59Z", "2026-07-03T00:00:00Z")


DAYS = (0, 1, 2, 4, 5, 9, 30)
MAILS = [
    a_mail(text, at=FILED + timedelta(days=day, hours=hour), header=header, received=received, subject=subject)
    for day in DAYS
    for hour, received in ((0, None), (5, FILED + timedelta(days=day, hours=4)))
    for text, header, subject in (
        ("We received an A-to-z Guarantee claim of $31.90 on the order.", NOTIFY, f"Order {ORDER_ID}"),
        (GRANT_TEXT, "A_Z_CLAIM_RESPONDENT_CLOSE", f"Order {ORDER_ID}"),
        ("Please respond.", NOTIFY, f"Action required: claim received on order {ORDER_ID}"),
    )
]
MAILS += [EARLY, LATE]


def _check_any_order(folders: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Mails in one order and run, or shuffled, repeated and spread over runs: the replayed claims are equal."""
    chosen = data.draw(st.lists(st.sampled_from(MAILS), min_size=1, max_size=6))
    shuffled = data.draw(st.permutations([*chosen, *data.draw(st.lists(st.sampled_from(chosen), max_size=3))]))
    cut = data.draw(st.integers(0, len(shuffled)))
    results = []
    for runs in ([chosen], [shuffled[:cut], shuffled[cut:]]):
        folder = folders.mktemp("split")
        with ClaimStore.open(folder / "claims.db") as store:
            store.add(
                open_claim(
                    an_order(filed_at=BUILT, order_id=ORDER_ID, deliver_by=None), reason="not_received", filed_at=FILED
                )
            )
            for mails in runs:
                result = run(store, *mails)
            assert store.verify().damages == ()
            results.append((store.get(ORDER_ID).claim, result.decisions))
    assert results[0] == results[1]


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_order_and_any_split_give_the_same_claim(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject):
    """A few of them in every run of the tests."""
    _check_any_order(tmp_path_factory, data)


@pytest.mark.slow
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_many_orders_and_splits_give_the_same_claim(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject):
    """Many, with payloads of the order among the mails."""
    _check_any_order(tmp_path_factory, data)


def test_report_files_count_as_the_sellers_own(store: ClaimStore):
    """A payload with the debit shows the grant; the same file again changes nothing."""
    debit = {"CurrencyCode": "USD", "CurrencyAmount": -31.9}
    payload = {
        "payload": {
            "FinancialEvents": {
                "GuaranteeClaimEventList": [
                    {
                        "PostedDate": "2026-07-06T10:00:00Z",
                        "AmazonOrderId": ORDER_ID,
                        "MarketplaceName": "amazon.com",
                        "ShipmentItemAdjustmentList": [
                            {"ItemChargeAdjustmentList": [{"ChargeType": "Principal", "ChargeAmount": debit}]}
                        ],
                    }
                ]
            }
        }
    }
    file = json.dumps(payload).encode()
    first = run(store, file)
    assert first.unreadable == ()
    assert store.get(ORDER_ID).claim.status is ClaimStatus.GRANTED_SELLER_FUNDED
    assert run(store, file).applied == ()


class TestOrderFacts:
    """What files show of the order is a fact if it is not known, and a decision if it contradicts what is."""

    @pytest.fixture
    def bare(self, tmp_path: Path) -> Iterator[ClaimStore]:
        """A store with a claim on an order of which no promise is known."""
        with ClaimStore.open(tmp_path / "bare.db") as opened:
            opened.add(
                open_claim(
                    an_order(filed_at=BUILT, order_id=ORDER_ID, deliver_by=None), reason="not_received", filed_at=FILED
                )
            )
            yield opened

    def test_an_unknown_fact_is_filled_in(self, bare: ClaimStore):
        """Once, with its entry in the log; the same file again changes nothing."""
        (applied,) = run(bare, EARLY).applied
        assert applied.order_facts == ("deliver_by",)
        assert bare.get(ORDER_ID).claim.order.deliver_by == date(2026, 4, 10)
        assert described(bare.log(ORDER_ID)[-1]) == "2: mails and files show order.deliver_by 2026-04-10"
        assert (run(bare, EARLY).applied, bare.get(ORDER_ID).version) == ((), 2)
        assert bare.verify().damages == ()

    def test_sources_that_disagree_are_a_decision(self, bare: ClaimStore):
        """In whatever order they come: the fact is not set, and the command that sets it is listed."""
        for mails in ((EARLY, LATE), (LATE, EARLY)):
            (decision,) = run(bare, *mails).decisions
            assert (decision.code, decision.command) == (
                "conflict",
                f"atoz store correct {ORDER_ID} --set deliver_by=2026-04-14",
            )
            assert "another source says 2026-04-10" in decision.message.en
            assert "另一来源为 2026-04-10" in decision.message.zh
            assert bare.get(ORDER_ID).claim.order.deliver_by is None
        stored = bare.get(ORDER_ID)
        order = stored.claim.order.model_copy(update={"deliver_by": date(2026, 4, 14)})
        bare.correct_order(ORDER_ID, order, expected_version=stored.version)
        assert run(bare).decisions == ()
        assert bare.verify().damages == ()

    def test_what_a_person_entered_counts(self, store: ClaimStore):
        """The claim says the 10th, the file the 14th: nothing is changed, until a person decides for or against it."""
        (decision,) = run(store, LATE).decisions
        assert decision.id == "order.deliver_by=2026-04-14"
        assert store.get(ORDER_ID).claim.order.deliver_by == date(2026, 4, 10)
        store.dismiss(ORDER_ID, decision.id, expected_version=store.get(ORDER_ID).version)
        assert run(store, LATE).decisions == ()
        newer = an_order_payload("2026-04-17T06:59:59Z", "2026-07-04T00:00:00Z")
        assert [other.id for other in run(store, newer).decisions] == ["order.deliver_by=2026-04-16"]

    def test_a_fact_that_cannot_be_is_not_applied(self, bare: ClaimStore):
        """Promised before the order was placed."""
        (decision,) = run(bare, an_order_payload("2026-03-02T07:59:59Z")).decisions
        assert decision.code == "impossible"
        assert bare.get(ORDER_ID).claim.order.deliver_by is None

    def test_an_order_without_a_claim_is_nothing_to_wait_for(self, store: ClaimStore):
        """A file of all orders does not fill the list: only what speaks of a claim waits for one."""
        assert run(store, an_order_payload("2026-04-11T06:59:59Z", order_id="123-1234567-0000009")).pending == ()

    def test_records_without_an_order_are_named(self, store: ClaimStore):
        """A tracking payload has no order id; it is said that it was passed over."""
        scan = {"eventCode": "Delivered", "eventTime": "2026-04-09T18:00:00Z"}
        payload = {"payload": {"trackingId": "TBA1", "eventHistory": [scan]}}
        (remark,) = run(store, json.dumps(payload).encode()).remarks
        assert remark.message.en == "records that name no order are passed over: 1"


class TestDecisions:
    """A decision is listed until it is taken or decided against."""

    MAIL = a_mail(GRANT_TEXT, at=FILED + timedelta(days=4), verdict=None)

    def test_a_dismissed_decision_is_not_listed_again(self, store: ClaimStore):
        """Nor applied, though the same event is shown for certain later; the log says so."""
        (decision,) = run(store, self.MAIL).decisions
        assert decision.dismiss == f"atoz store dismiss {ORDER_ID} {decision.id}"
        store.dismiss(ORDER_ID, decision.id, expected_version=1)
        assert described(store.log(ORDER_ID)[-1]) == f"2: {decision.id} dismissed"
        result = run(store, self.MAIL, GRANTED)
        assert (result.decisions, result.applied, kinds(store)) == ((), (), ["filed"])
        assert store.verify().damages == ()

    @pytest.mark.parametrize("name", ["no decision", "Erika said so", "", "denied@", "x" * 99])
    def test_what_is_no_decision_is_refused(self, store: ClaimStore, name: str):
        """So that no free text reaches the store."""
        with pytest.raises(InvalidDocument, match="is no decision"):
            store.dismiss(ORDER_ID, name, expected_version=1)

    def test_a_struck_out_event_of_a_mail_stays_out(self, store: ClaimStore):
        """What a verified mail showed and a person struck out is neither applied nor listed again."""
        run(store, GRANTED)
        stored = store.get(ORDER_ID)
        event = stored.claim.history[-1]
        store.retract(ORDER_ID, event, "other_claim", expected_version=stored.version)
        assert kinds(store) == ["filed"]
        for _ in range(2):
            assert run(store, GRANTED).decisions == ()
            assert kinds(store) == ["filed"]
        assert [struck.event for struck in store.get(ORDER_ID).claim.struck_out] == [event]
        assert store.verify().damages == ()

    def test_every_decision_is_said_in_chinese(self, store: ClaimStore):
        """Not certain, refused by the machine, a further filing: no sentence is left in English."""
        late = a_mail(GRANT_TEXT, at=FILED + timedelta(days=9), header="A_Z_CLAIM_RESPONDENT_CLOSE")
        again = a_mail("We received an A-to-z Guarantee claim of $31.90 on the order.", at=FILED + timedelta(days=20))
        decisions = run(store, self.MAIL, late, again, server=None).decisions
        store.append(ORDER_ID, Denied(at=FILED + timedelta(days=1)), expected_version=store.get(ORDER_ID).version)
        decisions += run(store, server=None).decisions
        assert {"not_certain", "second_filing", "conflict"} <= {decision.code for decision in decisions}
        for decision in decisions:
            assert not re.search("[A-Za-z]{3,}", decision.message.zh.replace("T", " ")), decision.message.zh

    def test_every_refusal_has_its_chinese_words(self):
        """The codes that the state machine's guards can give."""
        guards = Path(atoz.lifecycle.guards.__file__).read_text(encoding="utf-8")
        codes = set(re.findall(r'Refusal\(\s*"(\w+)"', guards))
        assert {"too_late", "no_such_transition"} <= codes
        assert codes <= {name.removeprefix("refused_") for name in phrases("atoz.inbox")}


def test_a_further_claim_takes_what_came_after_its_filing(store: ClaimStore):
    """What the first one showed stays with it; of what came later nothing is certain, for it may be about either."""
    again = a_mail("We received an A-to-z Guarantee claim of $31.90 on the order.", at=FILED + timedelta(days=20))
    decided = a_mail(GRANT_TEXT, at=FILED + timedelta(days=24), header="A_Z_CLAIM_RESPONDENT_CLOSE")
    run(store, RECEIVED, GRANTED)
    store.add(
        open_claim(
            an_order(filed_at=BUILT, order_id=ORDER_ID), reason="not_received", filed_at=FILED + timedelta(days=20)
        )
    )
    for _ in range(2):
        decisions = run(store, RECEIVED, GRANTED, again, decided).decisions
        assert [(decision.claim_id, decision.code) for decision in decisions] == [(f"{ORDER_ID}/2", "several_claims")]
        histories = [[event.kind for event in stored.claim.history] for stored in store.on_order(ORDER_ID)]
        assert histories == [["filed", "granted_seller_funded"], ["filed"]]


def test_another_writer_in_between_is_waited_for(store: ClaimStore, monkeypatch: pytest.MonkeyPatch):
    """A colleague changes the claim while the mail is worked out: nothing of either is lost."""
    write = ClaimStore.set_source_news

    def slow(self: ClaimStore, claim_id: str, news: object, *, expected_version: int) -> object:
        if expected_version == 1:
            self.append(claim_id, SellerResponded(at=FILED + timedelta(days=1)), expected_version=1)
        return write(self, claim_id, news, expected_version=expected_version)

    monkeypatch.setattr(ClaimStore, "set_source_news", slow)
    run(store, GRANTED)
    assert kinds(store) == ["filed", "seller_responded", "granted_seller_funded"]

"""Every document that atoz writes says what it is, comes back from its own JSON, and fits its schema."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atoz import filing_window, plan
from atoz.cli.schema import SchemaChoice, schema_of
from atoz.model.citation import Confidence
from atoz.model.money import Money
from atoz.model.order import TriState
from atoz.model.record import Document, parse_json
from atoz.planner.prevention import prevent
from atoz.planner.worklist import Worklist, order_row, worklist_row
from atoz.sources.notices.notice_record import Notice, Outcome
from atoz.sources.notices.phrases import Topic
from atoz.sources.notices.quoting import Route
from atoz.sources.odr_rate import OdrReport, odr_view
from atoz.sources.parse_result import Origin
from atoz.sources.reconciliation.reconcile import reconcile
from atoz.sources.records import record_of, to_line
from atoz.sources.report_files.account_health import ChannelHealth
from atoz.sources.transactions.transaction import Release, System, Transaction, TransactionType
from atoz.testing.explorer.exploration import explore
from atoz.testing.policy_comparison import compare_policies
from atoz.testing.scenario_catalog import scenarios
from atoz.testing.simulator import simulate
from atoz.testing.situations import SituationFile
from atoz.testing.strategies import claims as any_claims
from atoz.testing.world import World, on_day

jsonschema = pytest.importorskip("jsonschema", reason="the schemas are checked with jsonschema")

TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
INSTANTS = st.integers(0, 10**9).map(lambda seconds: datetime(2015, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds))
MONEY = st.builds(Money, value=st.decimals(-1000, 1000, places=2), currency=st.just("USD"))
ORDER_ID = "123-1234567-1234567"
ORIGINS = st.builds(Origin, system=TEXTS, version=TEXTS, observed_at=st.none() | INSTANTS, key=TEXTS)
TRANSACTIONS = st.builds(
    Transaction,
    type=st.sampled_from(TransactionType),
    order_id=st.sampled_from([None, ORDER_ID]),
    posted_at=INSTANTS,
    amount=st.none() | MONEY,
    release=st.sampled_from(Release),
    safe_t_claim_id=st.none() | TEXTS,
    called=TEXTS,
    confidence=st.sampled_from(Confidence),
    system=st.sampled_from(System),
    source=ORIGINS,
)
NOTICES = st.builds(
    Notice,
    topic=st.sampled_from(Topic),
    order_id=st.sampled_from([None, ORDER_ID]),
    marketplace=st.sampled_from([None, "US", "GB", "UK"]),
    sent_at=st.none() | INSTANTS,
    sent_before=st.none() | INSTANTS,
    received=st.booleans(),
    action_required=st.booleans(),
    decided=st.booleans(),
    outcome=st.sampled_from(Outcome),
    counts_against_odr=st.sampled_from(TriState),
    amount=st.none() | MONEY.filter(lambda money: money.value >= 0),
    respond_by=st.none() | INSTANTS,
    language=st.sampled_from([None, "en", "zh"]),
    route=st.sampled_from(Route),
    from_amazon=st.sampled_from(TriState),
    by_header=st.booleans(),
    confidence=st.sampled_from(Confidence),
    source=ORIGINS,
)
CLAIM = next(iter(scenarios().values())).claim


@cache
def validator(document):
    """The validator of a schema."""
    return jsonschema.Draft202012Validator(schema_of(document))


def assert_written(record, *choices):
    """It comes back from its own JSON, gives the same JSON again, and fits its schemas."""
    text = record.model_dump_json()
    back = type(record).model_validate_json(text)
    assert back == record
    assert back.model_dump_json() == text
    for choice in choices:
        assert [error.message for error in validator(choice).iter_errors(json.loads(text))] == []


@given(record=TRANSACTIONS | NOTICES)
@settings(max_examples=200)
def test_what_is_imported_comes_back(record):
    """Notices and transactions with any content, as JSON and as a line of `atoz import`."""
    choice = SchemaChoice.NOTICE if isinstance(record, Notice) else SchemaChoice.TRANSACTION
    assert_written(record, choice, SchemaChoice.RECORD)
    assert record_of(parse_json(to_line(record)), "line 1").value == record


@given(claim=any_claims(), records=st.lists(TRANSACTIONS | NOTICES, max_size=6), as_of=INSTANTS)
@settings(max_examples=100)
def test_a_reconciliation_comes_back(claim, records, as_of):
    """Of any claim with any records, suggestions, conflicts and findings included."""
    records = [record.model_copy(update={"order_id": claim.order.order_id}) for record in records]
    assert_written(reconcile(claim, records, as_of=as_of), SchemaChoice.RECONCILIATION)


@given(claim=any_claims(), days=st.integers(0, 60))
@settings(max_examples=50)
def test_what_is_made_of_a_claim_comes_back(claim, days):
    """Plan, worklist, deadlines and window of any claim."""
    at = claim.updated_at + timedelta(days=days)
    made = plan(claim, as_of=at)
    rows = (worklist_row(claim, made),)
    assert_written(claim, SchemaChoice.CLAIM, SchemaChoice.RECORD)
    assert_written(made, SchemaChoice.PLAN)
    early = prevent(claim.order, as_of=at)
    assert_written(early, SchemaChoice.PREVENTION_PLAN)
    worklist = Worklist(as_of=at, policy="x", bad_lines=(), other_records=0, orders=(order_row(early),), claims=rows)
    assert_written(worklist, SchemaChoice.WORKLIST)
    for deadline in made.deadlines:
        assert_written(deadline, SchemaChoice.DEADLINE)
    assert_written(filing_window(claim.order))


def test_what_is_played_comes_back():
    """Explorations, simulations and comparisons of policies; what is computed for readers of the JSON included."""
    world = World.of(on_day(1, "buyer_messaged"))
    until = CLAIM.updated_at + timedelta(days=20)
    assert_written(world, SchemaChoice.WORLD)
    assert_written(simulate(CLAIM, "faq-2016", world, until=until), SchemaChoice.SIMULATION)
    assert_written(explore("current", depth=0, editions=("us-2026",)), SchemaChoice.EXPLORATION)
    assert_written(compare_policies([CLAIM], "current", "faq-2016", as_of=until))


def test_the_defect_rate_comes_back():
    """Exact numbers included."""
    health = ChannelHealth(
        marketplace="US", channel="mfn", orders=400, defects=3, target=Decimal("0.01"), source=Origin(system="x")
    )
    assert_written(health, SchemaChoice.RECORD)
    assert_written(OdrReport(channels=(odr_view(health),)), SchemaChoice.ODR)


def documents():
    """Every class of documents that atoz has; one that only adds what was asked for to another is not counted."""
    return [subclass for subclass in Document.__subclasses__() if "kind" in subclass.model_fields]


def test_every_document_says_what_it_is_and_by_which_schema():
    """Programs tell documents apart by `kind`, and know by the version that a field means what it meant."""
    pytest.importorskip("sqlalchemy", reason="the inbox needs the store")
    from atoz.inbox.run import InboxResult

    kinds = {document.model_fields["kind"].default: document for document in documents()}
    assert len(kinds) == len(documents())
    assert kinds["inbox_result"] is InboxResult
    assert kinds["situations"] is SituationFile
    assert {
        "claim", "order", "plan", "worklist", "filing_window", "window_comparison", "deadline", "notice", "movement",
        "order_state", "delivery", "label", "flag", "health", "metric", "reconciliation", "situations", "world",
        "exploration", "simulation", "policy_comparison", "odr", "edition", "draft", "appeal_packet", "status",
    } <= kinds.keys()  # fmt: skip
    assert {document.model_fields["schema_version"].default for document in documents()} == {1}
    with pytest.raises(ValueError, match="schema_version"):
        World.model_validate({"schema_version": 2})


def test_the_window_as_the_command_prints_it(atoz, claims):
    """With the verdict, the days left, what is in force, and the explanation where it is asked for."""
    for more in ((), ("--explain",)):
        done = atoz("window", claims / "not-received.json", "--on", "2026-11-20", "--json", *more)
        document = json.loads(done.out)
        assert [error.message for error in validator(SchemaChoice.WINDOW).iter_errors(document)] == []
        assert (document["kind"], document["schema_version"]) == ("filing_window", 1)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_json_lines_have_one_shape(atoz, claims, tmp_path, count):
    """None, one or many claims: the same object, from a file and from standard input."""
    line = json.dumps(json.loads((claims / "not-received.json").read_text(encoding="utf-8")))
    file = tmp_path / "claims.jsonl"
    file.write_text(f"{line}\n" * count, encoding="utf-8")
    asked = ("--as-of", "2016-06-22T16:00:00Z", "--json")
    for done in (atoz("plan", file, *asked), atoz("plan", "-", *asked, stdin=file.read_bytes())):
        assert (done.code, done.err) == (0, "")
        document = json.loads(done.out)
        assert [error.message for error in validator(SchemaChoice.WORKLIST).iter_errors(document)] == []
        assert list(document) == [
            "schema_version", "kind", "as_of", "policy", "bad_lines", "other_records", "orders", "at_risk",
            "claims",
        ]  # fmt: skip
        assert len(document["claims"]) == count
        assert Worklist.model_validate_json(done.out).claims == tuple(Worklist.model_validate(document).claims)


def test_one_prints_the_plan_of_the_only_claim(atoz, claims, tmp_path):
    """`--one` for JSON Lines with one claim; of none or several it says so."""
    file, asked = tmp_path / "claims.jsonl", ("--as-of", "2016-06-22T16:00:00Z")
    line = json.dumps(json.loads((claims / "not-received.json").read_text(encoding="utf-8")))
    whole = atoz("plan", claims / "not-received.json", *asked, "--json")
    assert json.loads(whole.out)["kind"] == "plan"

    file.write_text(f"{line}\n", encoding="utf-8")
    assert atoz("plan", file, *asked, "--json", "--one") == whole
    assert atoz("plan", file, *asked, "--one", "--draft", "--set", "seller_name=Lamps").code in {0, 2}
    assert "add --one" in atoz("plan", file, *asked, "--draft").err
    for count, says in ((0, "there is none"), (2, "there are several")):
        file.write_text(f"{line}\n" * count, encoding="utf-8")
        done = atoz("plan", file, *asked, "--one", "--json")
        assert (done.code, done.out) == (2, "")
        assert says in done.err


def test_a_document_of_one_line_is_a_document_by_its_name(atoz, claims, tmp_path):
    """`claim.json` on one line is a claim, not JSON Lines."""
    file = tmp_path / "claim.json"
    file.write_text(json.dumps(json.loads((claims / "not-received.json").read_text(encoding="utf-8"))), "utf-8")
    done = atoz("plan", file, "--as-of", "2016-06-22T16:00:00Z", "--json")
    assert json.loads(done.out)["kind"] == "plan"

"""Money: every source gives the same signed transaction, copies count once, and absence proves nothing."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atoz.errors import InvalidDocument
from atoz.model.citation import Confidence
from atoz.model.intervals import interval
from atoz.model.money import Money
from atoz.model.record import parse_json
from atoz.sources.parse_result import Origin
from atoz.sources.report_files.date_range import transactions_from_date_range
from atoz.sources.report_files.locale_parsing import local_decimal, local_instant
from atoz.sources.report_files.settlement import transactions_from_settlement
from atoz.sources.transactions.deduplication import deduplicate
from atoz.sources.transactions.finances import finance_transactions
from atoz.sources.transactions.funding import Funding, funding
from atoz.sources.transactions.transaction import Release, System, Transaction, TransactionType
from atoz.sources.transactions.transaction_types import known_names, match_type

DAY = datetime(2026, 3, 19, 17, 4, 5, tzinfo=UTC)
NOW = datetime(2026, 6, 1, tzinfo=UTC)
ORDER = "111-0000001-0000001"


def move(
    amount, *, at=DAY, kind=TransactionType.GUARANTEE, system=System.FINANCES_V0, key="k", release=Release.RELEASED
):
    """One transaction on the order."""
    return Transaction(
        type=kind,
        order_id=ORDER,
        posted_at=at,
        amount=amount and Money.parse(f"{amount} USD"),
        release=release,
        confidence=Confidence.AMAZON_PAGE,
        system=system,
        source=Origin(system=system.value, key=key),
    )


def values(parsed):
    """The transactions of some results."""
    return [each.value for each in parsed if each.value is not None]


def sources(made):
    """The same claim by four sources."""
    return {
        "v0": values(
            finance_transactions(parse_json(made("SYNTHETIC_finances_v0_GuaranteeClaimEventList.json"))).items
        ),
        "settlement": values(
            transactions_from_settlement(made("SYNTHETIC_settlement_v2_us.tsv").decode().splitlines())
        ),
        "date_range": values(
            transactions_from_date_range(made("SYNTHETIC_date_range_transactions_us.csv").decode().splitlines())
        ),
    }


def test_every_source_sees_the_same_debit(made):
    """Item adjustments, settlement rows and a date range total are the same money."""
    for found in sources(made).values():
        debit = next(each for each in found if each.type is TransactionType.GUARANTEE)
        assert (debit.order_id, str(debit.amount), debit.posted_at) == (ORDER, "-26.39 USD", DAY)


def test_the_same_money_from_several_sources_counts_once(made):
    """Never added up: the best source is kept, whatever the order they come in."""
    by_source = sources(made)
    everything = [each for found in by_source.values() for each in found if each.order_id == ORDER]
    kept = deduplicate(everything)
    assert [(each.type, each.system) for each in kept] == [
        (TransactionType.GUARANTEE, System.FINANCES_V0),
        (TransactionType.GUARANTEE_RECOVERY, System.SETTLEMENT),
    ]
    view = funding(everything, decided_at=None, as_of=NOW)
    assert (view.funding, str(view.debited), str(view.returned)) == (Funding.PARTLY_RECOVERED, "-26.39 USD", "9.94 USD")


def test_a_deferred_pair_is_one_transaction(made):
    """DEFERRED_RELEASED and its RELEASED copy are one debit, also where the pages come apart."""
    payload = parse_json(made("SYNTHETIC_finances_2024_GuaranteeClaimRefund_deferred_pair.json"))
    pair = values(finance_transactions(payload).items)
    assert len(pair) == 2
    for given_order in (pair, pair[::-1], pair * 3):
        (only,) = deduplicate(given_order)
        assert (str(only.amount), only.release) == ("-26.39 GBP", Release.RELEASED)


@given(st.data())
def test_order_and_repetition_of_transactions_never_matter(data):
    """Any permutation and duplication gives the same transactions and the same funding."""
    base = [
        move(amount, at=DAY + timedelta(hours=hours), kind=kind, system=system, key=f"{index}")
        for index, (amount, hours, kind, system) in enumerate(
            data.draw(
                st.lists(
                    st.tuples(
                        st.sampled_from(["-10.00", "-26.39", "26.39", "5.00", None]),
                        st.integers(0, 90),
                        st.sampled_from(TransactionType),
                        st.sampled_from(System),
                    ),
                    max_size=8,
                )
            )
        )
    ]
    shuffled = data.draw(st.permutations(base)) + data.draw(
        st.lists(st.sampled_from(base), max_size=4) if base else st.just([])
    )
    assert deduplicate(shuffled) == deduplicate(base)
    assert funding(shuffled, decided_at=DAY, as_of=NOW) == funding(base, decided_at=DAY, as_of=NOW)


@pytest.mark.parametrize(("hours", "count"), [(24, 1), (25, 2)])
def test_two_sources_match_within_a_day_and_no_further(hours, count):
    """The last hour that still matches, and the first that does not."""
    other = move("-5", at=DAY + timedelta(hours=hours), system=System.SETTLEMENT)
    assert len(deduplicate([move("-5"), other])) == count


def test_equal_debits_of_one_source_stay_two():
    """Two claims of the same amount on the same day are two where one source shows both."""
    both = [move("-5", key="a"), move("-5", key="b")]
    assert len(deduplicate([*both, move("-5", system=System.SETTLEMENT, key="c")])) == 2


@pytest.mark.parametrize(
    ("amounts", "found"),
    [
        (["-26.39"], Funding.SELLER),
        (["-26.39", "26.38"], Funding.PARTLY_RECOVERED),
        (["-26.39", "26.39"], Funding.REVERSED),
        (["-26.39", "30.00"], Funding.REVERSED),
        (["26.39"], Funding.UNKNOWN),
        (["-26.39", None], Funding.UNKNOWN),
        ([], Funding.NO_DEBIT_SEEN),
    ],
)
def test_funding_by_what_moved(amounts, found):
    """To the cent: one cent short is partly recovered."""
    moves = [move(amount, key=str(index)) for index, amount in enumerate(amounts)]
    assert funding(moves, decided_at=DAY, as_of=NOW).funding is found


def test_no_debit_seen_needs_a_decision_and_its_time():
    """Before the horizon, or without a decision, nothing is said; at the horizon it is."""
    assert funding([], decided_at=None, as_of=NOW).funding is Funding.UNKNOWN
    assert (
        funding(
            [], decided_at=DAY, as_of=DAY + interval("atoz.sources", "debit_after_decision") - timedelta(microseconds=1)
        ).funding
        is Funding.UNKNOWN
    )
    assert (
        funding([], decided_at=DAY, as_of=DAY + interval("atoz.sources", "debit_after_decision")).funding
        is Funding.NO_DEBIT_SEEN
    )


def test_what_is_posted_later_is_not_known_yet():
    """A debit after `as_of` does not count; one at that instant does."""
    assert funding([move("-5")], decided_at=None, as_of=DAY).funding is Funding.SELLER
    assert funding([move("-5")], decided_at=None, as_of=DAY - timedelta(seconds=1)).funding is Funding.UNKNOWN


def test_no_word_of_funding_is_amazon():
    """Absence never becomes Amazon's funding: there is no such word."""
    assert not [each for each in Funding if "amazon" in each.value]


def test_a_refund_or_an_unknown_name_keeps_it_open():
    """A refund may hide a claim, an unknown name may be one: neither lets a missing debit prove anything."""
    for kind in (TransactionType.REFUND, TransactionType.UNKNOWN):
        moves = [move("-5", kind=kind, system=System.FINANCES_2024)]
        assert funding(moves, decided_at=DAY, as_of=NOW).funding is Funding.UNKNOWN


def test_an_event_without_amounts_is_kept_with_a_note():
    """Code that looks for an amount field and drops zeros loses every claim; here the event stays."""
    event = {
        "AmazonOrderId": ORDER,
        "PostedDate": "2026-03-19T17:04:05Z",
        "ShipmentItemAdjustmentList": None,
        "ClaimAmount": 5,
    }
    (parsed,) = finance_transactions({"FinancialEvents": {"GuaranteeClaimEventList": [event]}}).items
    assert parsed.value.amount is None
    assert "no_amounts" in parsed.codes()


def test_mixed_currencies_give_no_sum():
    """No sum, and an error note."""
    charges = [{"ChargeAmount": {"CurrencyCode": code, "CurrencyAmount": Decimal(-1)}} for code in ("USD", "EUR")]
    event = {
        "AmazonOrderId": ORDER,
        "PostedDate": "2026-03-19T17:04:05Z",
        "ShipmentItemAdjustmentList": [{"ItemChargeAdjustmentList": charges}],
    }
    (parsed,) = finance_transactions({"FinancialEvents": {"GuaranteeClaimEventList": [event]}}).items
    assert parsed.value.amount is None
    assert "mixed_currencies" in parsed.codes()


def test_floats_are_read_by_their_spelling():
    """0.1 + 0.2 is 0.3 to the cent, and a note says that floats came in."""
    charges = [{"ChargeAmount": {"CurrencyCode": "USD", "CurrencyAmount": each}} for each in (-0.1, -0.2)]
    event = {
        "AmazonOrderId": ORDER,
        "PostedDate": "2026-03-19T17:04:05Z",
        "ShipmentItemAdjustmentList": [{"ItemChargeAdjustmentList": charges}],
    }
    (parsed,) = finance_transactions({"FinancialEvents": {"GuaranteeClaimEventList": [event]}}).items
    assert parsed.value.amount.value == Decimal("-0.3")
    assert "float_amount" in parsed.codes()


def test_transaction_update_names_the_order_its_own_way():
    """Keys in capitals and `OrderId` without an underscore: the same transaction."""
    payload = {
        "NotificationType": "TRANSACTION_UPDATE",
        "Payload": {
            "TransactionType": "GuaranteeClaimRefund",
            "PostedDate": "2026-03-19T17:04:05Z",
            "RelatedIdentifiers": [{"RelatedIdentifierName": "OrderId", "RelatedIdentifierValue": ORDER}],
            "TotalAmount": {"CurrencyAmount": Decimal("-26.39"), "CurrencyCode": "USD"},
        },
    }
    (parsed,) = finance_transactions(payload).items
    assert (parsed.value.order_id, str(parsed.value.amount), parsed.value.type) == (
        ORDER,
        "-26.39 USD",
        TransactionType.GUARANTEE,
    )


@pytest.mark.parametrize("status", ["RELEASED", "Released", "released"])
def test_the_status_is_read_in_any_case(status):
    """Production spells it both ways."""
    row = {
        "transactionType": "GuaranteeClaimRefund",
        "transactionStatus": status,
        "postedDate": "2026-03-19T17:04:05Z",
        "relatedIdentifiers": [{"relatedIdentifierName": "ORDER_ID", "relatedIdentifierValue": ORDER}],
        "totalAmount": {"currencyAmount": "-1", "currencyCode": "USD"},
    }
    assert finance_transactions({"payload": {"transactions": [row]}}).items[0].value.release is Release.RELEASED


def test_labels_mean_what_the_table_says_in_any_spelling():
    """Case, accents, spaces and hyphens do not matter."""
    for text, kind in known_names().items():
        assert match_type(text).type is kind
        assert match_type(f" {text.upper()} ").type is kind
    assert match_type("Rückforderung der A-bis-Z-Garantie").type is TransactionType.GUARANTEE_RECOVERY


@pytest.mark.parametrize(
    "label",
    [
        "A-bis-Z-Garantieanträge",
        "Réclamations au titre de la Garantie A à Z",
        "Reclami dalla A alla Z",
        "Reclamaciones bajo la Garantía de la A a la Z",
        "A-tot-Z-garantieclaims",
        "Anspråk på A-to-z guarantee",
        "Roszczenia w ramach gwarancji od A do Z",
        "ChargebackSomethingNew",
    ],
)
def test_a_name_that_only_sounds_like_a_claim_is_shown_not_dropped(label):
    """The summary's labels and new names become `unknown`, with a warning where they stand in a row."""
    assert match_type(label).type is TransactionType.UNKNOWN


HEADERS = {
    "en": ("date/time", "settlement id", "type", "order id", "description", "marketplace", "total"),
    "fr": ("date/heure", "numéro de versement", "type", "numéro de la commande", "description", "Marketplace", "total"),
    "es": (
        "fecha y hora",
        "identificador de pago",
        "tipo",
        "número de pedido",
        "descripción",
        "web de Amazon",
        "total",
    ),
    "de": ("Datum/Uhrzeit", "Abrechnungsnummer", "Typ", "Bestellnummer", "Beschreibung", "Marketplace", "Gesamt"),
    "it": ("Data/Ora:", "Numero pagamento", "Tipo", "Numero ordine", "Descrizione", "Marketplace", "totale"),
}


@pytest.mark.parametrize(
    ("language", "when", "called", "text", "market", "total", "kind"),
    [
        ("en", "Mar 19, 2026 10:04:05 AM PDT", "A-to-z Guarantee Claim", "x", "amazon.com", "-1,234.56", "guarantee"),
        ("en", "19 Mar 2026 17:04:05 GMT", "Chargeback Refund", "x", "amazon.co.uk", "-1,234.56", "chargeback"),
        (
            "fr",
            "19 mars 2026 18:04:05 UTC+1",
            "Réclamation dans le cadre de la Garantie A à z",
            "x",
            "amazon.fr",
            "-1 234,56",
            "guarantee",
        ),
        (
            "fr",
            "19 mars 2026 18:04:05 UTC+1",
            "Ajustement",
            "Recouvrement de la Garantie A-à-Z",
            "amazon.fr",
            "-1\u202f234,56",
            "guarantee_recovery",
        ),
        (
            "es",
            "19/03/2026 18:04:05 GMT+01:00",
            "Reclamación de la garantía",
            "x",
            "amazon.es",
            "-1.234,56",
            "guarantee",
        ),
        ("es", "19.03.2026 18:04:05 GMT+01:00", "Reembolso por reintegro", "x", "amazon.es", "-1.234,56", "chargeback"),
        ("de", "19.03.2026 17:04:05 UTC", "Erstattung durch Rückbuchung", "x", "amazon.de", "-1.234,56", "chargeback"),
        (
            "de",
            "19.03.2026 17:04:05 UTC",
            "Anpassung",
            "Rückforderung der A-bis-Z-Garantie",
            "amazon.de",
            "-1.234,56",
            "guarantee_recovery",
        ),
        (
            "it",
            "19 mar 2026 18.04.05 GMT+01.00",
            "Modifica",
            "Recupero Garanzia dalla A alla Z",
            "amazon.it",
            "-1.234,56",
            "guarantee_recovery",
        ),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_the_date_range_report_in_every_language(language, when, called, text, market, total, kind, encoding, tmp_path):
    """Headers, types, dates and amounts in their own language and encoding give the same transaction."""
    from atoz.sources.report_files.delimited_text import lines_of

    row = (when, "30000000001", called, ORDER, text, market, total)
    lines = "\n".join(",".join(f'"{cell}"' for cell in each) for each in (["preamble"], HEADERS[language], row))
    if encoding == "cp1252" and "\u202f" in lines:
        pytest.skip("that space is not in cp1252")
    path = tmp_path / "report.csv"
    path.write_bytes(lines.encode(encoding))
    with path.open("rb") as stream:
        (parsed,) = transactions_from_date_range(lines_of(stream))
    assert (parsed.value.type, parsed.value.amount.value, parsed.value.posted_at) == (kind, Decimal("-1234.56"), DAY)


def test_an_unknown_type_of_row_is_shown_once():
    """A label that no table knows raises a note and does not vanish; its twin stays silent."""
    row = ("Mar 19, 2026 10:04:05 AM PDT", "3", "Neuer Typ", ORDER, "x", "amazon.com", "-1.00")
    lines = [",".join(f'"{cell}"' for cell in each) for each in (HEADERS["en"], row, row)]
    assert [parsed.codes() for parsed in transactions_from_date_range(lines)] == [("type_not_known",)]


@pytest.mark.parametrize("when", ["03/04/2026 10:04:05 UTC", "Mar 19, 2026 10:04:05 AM", "2026-13-01 00:00:00 UTC"])
def test_a_time_that_would_need_a_guess_is_refused(when):
    """Day or month first, no zone, no such month: no transaction, and the line is named."""
    row = (when, "3", "A-to-z Guarantee Claim", ORDER, "x", "amazon.com", "-1.00")
    lines = [",".join(f'"{cell}"' for cell in each) for each in (HEADERS["en"], row)]
    (parsed,) = transactions_from_date_range(lines)
    assert parsed.codes() == ("no_posted_at",)
    assert parsed.notes[0].path == "line 2"


def test_bad_rows_are_named_and_the_rest_is_read(made):
    """Short rows, foreign ids and unreadable amounts are reported with their line; the good claim stays."""
    lines = made("SYNTHETIC_settlement_v2_us.tsv").decode().splitlines()
    columns = lines[0].split("\t")
    bad_id, bad_amount = lines[8].split("\t"), lines[8].split("\t")
    bad_id[columns.index("order-id")] = "S01-1"
    bad_amount[columns.index("amount")] = "twelve"
    bad_amount[columns.index("order-id")] = "111-0000009-0000009"
    results = list(
        transactions_from_settlement([*lines, "only\tthree\tcells", "\t".join(bad_id), "\t".join(bad_amount)])
    )
    found = {note.code: note.path for parsed in results for note in parsed.notes}
    assert found == {"short_row": "line 11", "odd_order_id": "line 12", "partial_amounts": "line 13"}
    assert [str(each.amount) for each in values(results)][:2] == ["-26.39 USD", "-12.00 USD"]


def test_a_missing_column_is_one_error_that_names_all_missing():
    """The old V1 file, or any other, is refused by the columns that it lacks."""
    with pytest.raises(InvalidDocument, match="amount-description") as refused:
        list(transactions_from_settlement(["settlement-id\torder-id\tamount"]))
    assert {fault.code for fault in refused.value.faults} == {"missing_column"}
    assert len(refused.value.faults) == 3
    with pytest.raises(InvalidDocument, match="no rows"):
        list(transactions_from_settlement([]))
    with pytest.raises(InvalidDocument, match="no header"):
        list(transactions_from_date_range(["a,b", "c,d"]))


@given(st.decimals(Decimal("-999999999.99"), Decimal("999999999.99"), places=2))
def test_amounts_survive_both_local_spellings(amount):
    """An amount written the American and the European way is read back to the cent."""
    american = f"{amount:,.2f}"
    european = american.translate(str.maketrans(",.", ".,"))
    french = european.replace(".", "\u202f")
    assert local_decimal(american) == local_decimal(european) == local_decimal(french) == amount


@given(st.text(max_size=40))
def test_amounts_and_times_never_raise(text):
    """Any text is an amount or none, a time or none."""
    assert local_decimal(text) is None or local_decimal(text).is_finite()
    found = local_instant(text, zone=UTC, day_first=True)
    assert found is None or found.tzinfo is UTC


def test_transactions_survive_json(made):
    """A transaction written as JSON and read back is the same."""
    for found in sources(made).values():
        for each in found:
            assert Transaction.model_validate(json.loads(each.model_dump_json())) == each


def test_amazons_own_example_is_refused_for_its_id_only(official):
    """The sandbox's order id has 3, 3 and 7 digits: refused, and nothing else breaks."""
    (parsed,) = finance_transactions(official("finances_v0_financialEvents_with_ChargebackEventList.json")).items
    assert parsed.codes() == ("odd_order_id",)
    page = finance_transactions(official("finances_2024-06-19_listTransactions_sandbox.json"))
    assert (page.items, page.next_token) == ((), "Next token value")

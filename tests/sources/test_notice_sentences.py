"""What a notice's sentences say: negated, possible and reported ones prove nothing; times belong to what they are about."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from atoz.lifecycle.operations import open_claim
from atoz.model.order import Order
from atoz.sources.notices.notice_record import Outcome
from atoz.sources.notices.phrases import Meaning, Phrasebook, phrasebook
from atoz.sources.notices.reading import read_notice
from atoz.sources.reconciliation.reconcile import reconcile

ORDER = "111-0000001-0000001"
SENT = datetime(2026, 6, 16, 15, tzinfo=UTC)
IDS = {
    "US": "ATVPDKIKX0DER",
    "IT": "APJ6JRA9NG5V4",
    "DE": "A1PA6795UKMFR9",
    "ES": "A1RKKUPIHCS9HS",
    "FR": "A13V1IB3VIYZZH",
    "JP": "A1VC38T7YXB528",
}


def notice(body, *, space="NOTIFY", market="US", subject="Notice", sender="atoz-guarantee-no-reply@amazon.com"):
    """What is read of a mail of Amazon's on the order."""
    header = f"X-Marketplace-ID: {IDS[market]}\n" if market else ""
    return read_notice(
        f"From: {sender}\nSubject: {subject} {ORDER}\nDate: Tue, 16 Jun 2026 08:00:00 -0700\n{header}"
        f"X-Space-Notification-Type: A_Z_CLAIM_RESPONDENT_{space}\nContent-Type: text/plain; charset=utf-8\n\n{body}\n".encode()
    )


@pytest.mark.parametrize(
    ("body", "outcome", "odr", "doubted"),
    [
        ("Amazon has not covered the cost of this claim.", Outcome.UNKNOWN, "unknown", True),
        ("We have granted an A-to-z Guarantee claim, but have not covered the cost.", Outcome.GRANTED, "unknown", True),
        ("If the buyer appeals successfully, we will debit your account.", Outcome.UNKNOWN, "unknown", True),
        ("We will debit your account unless you appeal.", Outcome.UNKNOWN, "unknown", True),
        ("We may have covered the cost.", Outcome.UNKNOWN, "unknown", True),
        ("Have we covered the cost?", Outcome.UNKNOWN, "unknown", True),
        ("The buyer says that you should not be held responsible.", Outcome.UNKNOWN, "unknown", True),
        ("La reclamación no se contabilizará en su ratio de pedidos defectuosos.", Outcome.UNKNOWN, "unknown", True),
        ("Si el comprador gana, se contabilizará en su ratio de pedidos defectuosos.", Outcome.UNKNOWN, "unknown", True),
        ("No es cierto que hemos concedido una reclamación.", Outcome.UNKNOWN, "unknown", True),
        ("Se contabilizará en su ratio de pedidos defectuosos.", Outcome.UNKNOWN, "yes", False),
        (
            "We have granted an A-to-z Guarantee claim of $31.90 because you did not respond, and covered the cost.",
            Outcome.GRANTED, "unknown", True,
        ),
        (
            "We have granted an A-to-z Guarantee claim of $31.90. We will not count the claim against your Order Defect Rate, "
            "but will debit your account.\n\nIf you disagree, you can appeal.",
            Outcome.SELLER_FUNDED, "no", False,
        ),
        ("We covered the cost. We will debit your account if you lose.", Outcome.AMAZON_FUNDED, "unknown", True),
        ("We covered the cost of the return. We have not covered the cost.", Outcome.UNKNOWN, "unknown", True),
    ],
)  # fmt: skip
def test_only_what_is_said_for_certain_counts(body, outcome, odr, doubted):
    """A negation, a condition, a question or somebody's words beside a phrase leave it not understood."""
    parsed = notice(body, space="CLOSE")
    assert (parsed.value.outcome, parsed.value.counts_against_odr) == (outcome, odr)
    assert ("sentence_in_doubt" in parsed.codes()) is doubted
    assert bool(parsed.value.events()) is (outcome in (Outcome.AMAZON_FUNDED, Outcome.SELLER_FUNDED))


def _negated(phrase, text):
    opening = {"en": "it is not true that", "es": "no es cierto que", "it": "non è vero che"}
    return f"{opening[phrase.language]} {text}"


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        (phrase, text)
        for phrase in phrasebook().phrases
        for text in phrase.texts
        if phrase.says not in (Meaning.ABOUT, Meaning.RECEIVED, Meaning.ACTION_REQUIRED, Meaning.DECIDED)
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_phrase_of_a_decision_can_be_negated(phrase, text):
    """Plain it is said, negated it is not: in every language that has it."""
    from atoz.sources.notices.phrases import plain
    from atoz.sources.notices.sentences import read_sentences

    assert read_sentences([plain(text)]).says - {Meaning.ABOUT} == {phrase.says}
    assert read_sentences([plain(_negated(phrase, text))]).says <= {Meaning.ABOUT}


@pytest.mark.parametrize(
    ("market", "body", "hours"),
    [
        ("US", "Respond within 72 hours. You may appeal within 30 calendar days.", 72),
        ("US", "You may appeal within 30 calendar days. Please respond within 72 hours.", 72),
        ("US", "The item is delivered within 5 calendar days. Please respond within 3 calendar days.", 72),
        ("US", "Within 72 hours you must respond; within 30 calendar days you may appeal.", 72),
        ("US", "If you do not respond within 3 calendar days, you may appeal within 30 calendar days.", 72),
        ("US", "Respond within 72 hours or reply within 48 hours.", 48),
        ("US", "You have 3 calendar days from the date of this e-mail to respond.", 72),
        ("US", "You have 3 calendar days from 16 June.", 72),
        ("US", "Please respond within three calendar days.", 72),
        ("US", "You must provide additional information within 72 hours.", 72),
        ("US", "You may appeal within 30 calendar days.", None),
        ("US", "The buyer must return the item within 3 calendar days.", None),
        ("US", "We will reply to you within 48 hours.", None),
        ("US", "You no longer need to respond within 72 hours.", None),
        ("US", "Delivery is promised within 5 calendar days.", None),
        ("US", "Respond within 2 business days.", None),
        ("IT", "Deve rispondere entro 3 giorni di calendario.", 72),
        ("IT", "Deve rispondere entro 48 ore. Può presentare ricorso entro 30 giorni di calendario.", 48),
        ("DE", "Bitte antworten Sie innerhalb von 48 Stunden.", 48),
        ("DE", "Widerspruch ist innerhalb von 30 Kalendertagen möglich.", None),
        ("FR", "Vous devez répondre dans les 48 heures.", 48),
        ("ES", "Debe responder en un plazo de 48 horas.", 48),
        ("JP", "48時間以内に回答してください。", 48),
        ("US", "请在三个日历日内回复。", 72),
        ("US", "您可以在30个日历日内提出申诉。", None),
    ],
)  # fmt: skip
def test_a_time_belongs_to_what_it_is_about(market, body, hours):
    """The earliest that concerns the answer; never the appeal's, the delivery's or the buyer's."""
    parsed = notice(body, market=market)
    assert parsed.value.respond_by == (None if hours is None else SENT + timedelta(hours=hours))


def test_wording_of_pages_is_marked_as_inferred():
    """A page's words in a mail are inferred; the Italian days were read in a real mail."""
    assert "inferred_wording" in notice("Bitte antworten Sie innerhalb von 48 Stunden.", market="DE").codes()
    assert "inferred_wording" not in notice("Deve rispondere entro 3 giorni di calendario.", market="IT").codes()


def test_a_stated_time_later_than_the_rules_is_shown():
    """Five days where the US page of 2026 says 72 hours: the notice says so, and so does what it suggests."""
    parsed = notice("Please respond within 5 calendar days.")
    assert "stated_later_than_rule" in parsed.codes()
    assert "stated_later_than_rule" not in notice("Please respond within 72 hours.").codes()
    order = Order(order_id=ORDER, marketplace="US", placed_at=datetime(2026, 6, 1, tzinfo=UTC))
    claim = open_claim(order, reason="not_received", filed_at=SENT - timedelta(hours=1), edition="us-2026")
    (asked,) = reconcile(claim, [parsed.value], as_of=SENT + timedelta(hours=1)).suggestions
    assert asked.event.kind == "information_requested"
    assert any("us-2026" in words.en for words in asked.conflicts)


def test_days_without_a_marketplace_end_an_hour_early():
    """No zone is known: a change of clocks could take an hour, and an early deadline is the safe one."""
    parsed = notice("Please respond within 3 calendar days.", market=None)
    assert parsed.value.respond_by == SENT + timedelta(hours=71)
    assert "no_zone" in parsed.codes()


def test_a_notice_without_a_time_is_a_filing_and_says_where_to_look():
    """Nothing is asked and no deadline is made up; the note says to look in Seller Central now."""
    parsed = notice("We received an A-to-z Guarantee claim of $31.90.")
    assert [event.kind for event in parsed.value.events()] == ["filed"]
    assert (parsed.value.respond_by, "no_time_stated" in parsed.codes()) == (None, True)


def test_the_marketplace_that_is_said_decides_a_sign_and_a_zone():
    """`$` is the dollar of the marketplace that the caller names; a header of the mail's own outranks it."""
    raw = f"From: atoz-guarantee-no-reply@amazon.com\nSubject: Claim received on order {ORDER}\n\nA-to-z Guarantee claim $31.90"
    assert [str(read_notice(raw, marketplace=code).value.amount) for code in ("US", "CA", "MX")] == [
        "31.90 USD", "31.90 CAD", "31.90 MXN",
    ]  # fmt: skip
    assert "currency_not_said" in read_notice(raw).codes()
    both = read_notice(raw.replace("\n\n", f"\nX-Marketplace-ID: {IDS['US']}\n\n"), marketplace="CA")
    assert (str(both.value.amount), "marketplace_disagrees" in both.codes()) == ("31.90 USD", True)


def test_a_language_needs_its_words_of_doubt_only_for_what_can_be_denied():
    """The guarantee's name in a new language is a row and nothing else; a decision without words of doubt is refused."""
    book = phrasebook().model_dump(mode="json")
    row = {
        "language": "nl",
        "says": "about",
        "texts": ["A-tot-z-garantieclaim"],
        "confidence": "amazon_page",
        "source": "pages",
    }
    assert Phrasebook.model_validate({**book, "phrases": [*book["phrases"], row]})
    with pytest.raises(ValidationError, match=r"\[doubt.nl\]"):
        Phrasebook.model_validate({**book, "phrases": [*book["phrases"], {**row, "says": "granted"}]})

"""The checker: what it is given, what it says, and that no text can break it."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from message_settings import ORDER_ID, at, claim, order

from atoz.errors import InvalidDocument, UnknownName
from atoz.messages.checker import DETECTORS, check_message
from atoz.messages.findings import MessageKind, Severity
from atoz.messages.record_checks import RECORD
from atoz.messages.rules import rule_book
from atoz.model.citation import Confidence
from atoz.model.events import BuyerMessaged, Filed, SellerMessaged, SellerRefunded

KINDS = st.sampled_from(list(MessageKind))


def rules_of(text, **about):
    """The ids of what is found."""
    return {each.rule for each in check_message(text, **{"kind": "reply", **about})}


def test_the_trick_of_the_old_article_is_caught_and_sourced():
    """A refund and a polite request to update, in one sentence: an error, by Amazon's own page."""
    text = "We offer you a full refund, but hope that with the new experience you will update your review, is that ok?"
    found = {each.rule: each for each in check_message(text, kind="reply")}
    assert found["review_incentive"].severity is Severity.ERROR
    assert found["review_incentive"].confidence is Confidence.AMAZON_PAGE
    assert found["review_change"].words == "update your review"
    assert found["review_change"].source.address.endswith("G201972160")


def test_a_refund_and_a_review_in_different_sentences_are_tied_too():
    """The article's own example does it in two sentences."""
    text = "You can apply for the refund.\n\nWe are sorry. Could you kindly update your review?"
    assert "review_incentive" in rules_of(text)


@given(st.text(max_size=300), KINDS)
@settings(deadline=None)
def test_arbitrary_text_is_checked_without_a_fault(text, kind):
    """Nothing is raised, the same text gives the same findings, and every span lies in the text."""
    found = check_message(text, kind=kind, claim=claim("snad"), at=at(23))
    assert found == check_message(text, kind=kind, claim=claim("snad"), at=at(23))
    for each in found:
        assert 0 <= each.start <= each.end <= len(text)
        assert each.words == text[each.start : each.end]


WORDS = sorted(
    {
        word.strip("*")
        for language in rule_book().languages.values()
        for group in language.words.values()
        for word in group
    }
)


@given(
    st.lists(
        st.sampled_from([*WORDS, ".", ",", "*", "@", "1", "$", "\u200b", "ﷺ", "\ud800", "İ", "ß", "\n\n\n\n"]),
        max_size=60,
    ),
    st.sampled_from([" ", "", ".", " . "]),
    KINDS,
)
@settings(deadline=None)
def test_text_made_of_the_rules_own_words_is_checked_without_a_fault(words, glue, kind):
    """Findings are many here; their spans lie in the text, in order, and those of one rule do not overlap."""
    text = glue.join(words)
    found = check_message(text, kind=kind, claim=claim("open"))
    assert [(each.start, each.end) for each in found] == sorted((each.start, each.end) for each in found)
    by_rule: dict[str, int] = {}
    for each in found:
        assert 0 <= each.start <= each.end <= len(text)
        assert each.end == 0 or each.start >= by_rule.get(each.rule, 0)
        by_rule[each.rule] = each.end


def test_a_lone_surrogate_is_no_fault():
    """Text that is no Unicode is checked as far as it goes."""
    assert "review_change" in rules_of("\ud800 please change your review \udfff")


def test_an_unknown_kind_names_the_known_ones():
    """The kinds are a closed list."""
    with pytest.raises(UnknownName) as caught:
        check_message("hello", kind="letter")
    assert caught.value.nearest == ("reply", "proactive", "amazon")


def test_a_naive_instant_is_refused():
    """When a message is sent is an instant with its offset."""
    with pytest.raises(InvalidDocument):
        check_message("hello", kind="reply", at=at(23).replace(tzinfo=None))


def test_an_empty_text_to_amazon_is_too_short_and_to_a_buyer_says_nothing():
    """The empty case has an answer."""
    assert "too_short" in rules_of("", kind="amazon")
    assert rules_of("") == set()


def test_the_claim_stands_for_its_order_and_history():
    """Giving the claim is giving both."""
    about = claim("delivered")
    text = "I am sorry that the parcel has not arrived."
    whole = check_message(text, kind="reply", claim=about)
    parts = check_message(text, kind="reply", order=about.order, history=about.history)
    assert whole == parts
    assert [each.rule for each in whole] == ["contradicts_record"]


@pytest.mark.parametrize(("hours", "found"), [(24, False), (23, True)])
def test_a_message_within_a_day_of_an_unanswered_one_is_too_soon(hours, found):
    """The last hour that is too soon, and the first that is not."""
    history = (Filed(at=at(20)), SellerMessaged(at=at(21)))
    sent = at(21) + timedelta(hours=hours)
    assert ("too_soon" in rules_of("The parcel moves.", history=history, at=sent)) is found


def test_an_answered_message_does_not_count_as_chasing():
    """Once the buyer has written, the seller may answer at once."""
    history = (Filed(at=at(20)), SellerMessaged(at=at(21)), BuyerMessaged(at=at(21, 17)))
    assert "too_soon" not in rules_of("The parcel moves.", history=history, at=at(21, 18))


@pytest.mark.parametrize(("before", "found"), [(2, False), (3, True)])
def test_a_fourth_unanswered_message_is_too_many(before, found):
    """Three without an answer are the figure."""
    history = (Filed(at=at(1)), *(SellerMessaged(at=at(2 + 2 * each)) for each in range(before)))
    assert ("too_many_messages" in rules_of("The parcel moves.", history=history, at=at(20))) is found


def test_messages_after_the_instant_of_sending_do_not_count():
    """What has not happened yet cannot crowd a message."""
    history = (Filed(at=at(1)), *(SellerMessaged(at=at(10 + 2 * each)) for each in range(4)))
    assert "too_many_messages" not in rules_of("The parcel moves.", history=history, at=at(5))


@pytest.mark.parametrize(("days", "found"), [(30, False), (31, True)])
def test_an_unprompted_message_has_thirty_days(days, found):
    """The last day, and the first one after."""
    text = f"About order {ORDER_ID}: is the address on the parcel right?"
    sent = at(9, 18) + timedelta(days=days)
    assert ("too_late" in rules_of(text, kind="proactive", order=order(delivered=True), at=sent)) is found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The scan shows that it was delivered on June 9, 2026.", False),
        ("The scan shows that it was delivered on 2026-06-08.", True),
        ("You placed the order on 1 June 2026.", False),
        ("You placed the order on 2 June 2026.", True),
        ("The latest delivery day is June 10, 2026.", False),
        ("The latest delivery day is June 11, 2026.", True),
        ("We will write again on June 30, 2026.", False),
        ("The scan shows that it was delivered on 2026-99-99.", False),
    ],
)
def test_days_are_compared_with_the_order(text, found):
    """A day that the order tells otherwise is found; any other day is none of its business."""
    assert ("wrong_day" in rules_of(text, order=order(delivered=True))) is found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We refund $31.90.", False),
        ("We refund $31.91.", True),
        ("We refund 40 USD.", True),
        ("We refund 40 EUR.", False),
        ("We refund USD 1,031.90.", True),
        ("The lamp has 40 parts.", False),
    ],
)
def test_amounts_are_compared_with_the_total(text, found):
    """The last amount that the order can bear, and the first beyond it."""
    assert ("wrong_amount" in rules_of(text, order=order())) is found


def test_saying_refunded_needs_a_refund_on_record():
    """The same sentence is right once the refund is in the history."""
    text = "We have refunded the full price."
    history = (Filed(at=at(20)), SellerMessaged(at=at(21)))
    assert "contradicts_record" in rules_of(text, history=history)
    assert "contradicts_record" not in rules_of(text, history=(*history, SellerRefunded(at=at(22))))
    assert "contradicts_record" not in rules_of(text)


def test_an_unanswered_point_is_named_in_both_languages():
    """The finding says which point of the claim the answer leaves out."""
    found = check_message("The parcel was packed well. " * 10, kind="amazon", claim=claim("snad"))
    names = {each.why.en for each in found if each.rule == "point_unanswered"}
    assert any("did not answer" in name for name in names)
    assert all("{" not in each.why.en + each.why.zh for each in found)


def test_a_buyers_own_words_raise_their_points():
    """A point is raised by what the buyer writes, not by the reason alone."""
    about = claim("open").model_copy(update={"platform_words": "The box came and the charger is missing."})
    plain = "We shipped the parcel and the carrier has it. " * 6
    assert any("missing parts" in each.why.en for each in check_message(plain, kind="amazon", claim=about))
    answered = plain + "All parts were in the box."
    assert not any("missing parts" in each.why.en for each in check_message(answered, kind="amazon", claim=about))


@pytest.mark.parametrize("kind", ["amazon"])
def test_rules_for_buyers_do_not_bind_letters_to_amazon(kind):
    """A letter to Amazon may say what the buyer did with a review."""
    assert "review_change" not in rules_of("The buyer will update your review.", kind=kind)


def test_every_rule_is_whole():
    """Detectors and facts exist, both languages say why, and every detector is used."""
    rules = rule_book().rules
    assert {each.detector for each in rules if each.detector} == set(DETECTORS)
    cases = [case for language in rule_book().languages.values() for row in language.cases.values() for case in row]
    assert {case.contradicted_by for case in cases if case.contradicted_by} == set(RECORD)
    for each in rules:
        assert all((each.why.en, each.why.zh))
    assert len({each.id for each in rules}) == len(rules)


def test_what_the_sources_do_not_say_clearly_is_marked():
    """Rules whose exact words were not found carry `unclear`, and no figure of atoz's own claims another's word."""
    unclear = {"threat", "pressure", "feedback_change", "benefit_for_withdrawal", "too_many_messages", "too_soon"}
    assert all(rule_book().rule(each).confidence is Confidence.UNCLEAR for each in unclear)
    for each in rule_book().rules:
        if each.limit is not None and each.id in ("too_short", "too_many_messages", "too_soon"):
            assert "atoz's own" in each.why.en


def test_the_rules_use_every_source_that_they_cite():
    """No source stands there for nothing."""
    book = rule_book()
    used = {each.source.title for each in book.rules}
    assert {each.title for each in book.sources.values()} == used


@pytest.mark.parametrize(
    "text",
    [
        "Which engraving would you like on the ring, 12.06.2021 or 2021-06-12? We start when you answer.",
        "The spare part is on its way, the parcel number is ZA123456789IT and it should be with you soon.",
        "Déposez l'ancienne batterie dans un point de collecte, nous n'en avons pas besoin.",
        "Wo Ihr Paket ist, sehen Sie unter https://www.dpd.com/tracking?parcel=01234567890123",
    ],
)
def test_dates_parcel_numbers_and_places_are_no_contact_details(text):
    """A date is no telephone number, and a collection point no address."""
    assert not rules_of(text) & {"contact_phone", "outside_link", "contact_email"}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("If you do not keep your word we will report you.", "threat"),
        ("Rate us and we will send you a voucher.", "review_incentive"),
        ("Only happy customers should leave us a review.", "review_positive"),
        ("Vous annulez l'A-Z, je vous vire 30 euros.", "benefit_for_withdrawal"),
        ("Donnez-moi votre adresse e-mail et je vous envoie la notice.", "contact_channel"),
        ("¿Sería tan amable de anular su compra? La publicamos por error.", "ask_to_cancel"),
        ("Ci toglierebbe un peso se fosse lei, e non noi, ad annullare.", "ask_to_cancel"),
    ],
)
def test_conditions_and_articles_hide_nothing(text, rule):
    """A condition before a threat or a gift, and an article or hyphen in the name of a thing."""
    assert rule in rules_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "No, we don't give discounts in return for reviews, sorry.",
        "Wir zahlen nicht für Bewertungen und verschenken auch nichts dafür.",
        "No pagamos por las reseñas ni hacemos regalos por ellas.",
        "Nous ne payons pas les avis et ne faisons pas de cadeaux pour en avoir.",
        "Non paghiamo per le recensioni e non facciamo regali in cambio.",
        "レビューと引き換えのプレゼントや割引は行っておりません。",
        "我们不花钱买评论,也不会为此送礼物。",
    ],
)
def test_a_seller_who_says_no_offers_nothing(text):
    """The words of an offer behind the seller's own no."""
    assert "review_incentive" not in rules_of(text)

"""Filing windows against a second implementation, written from the sentences of the sources with plain loops."""

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given, settings
from hypothesis import strategies as st

from atoz.errors import InvalidDocument, NoEditionInForce, UnknownName
from atoz.model import events
from atoz.model.claim import Claim
from atoz.model.marketplace import Marketplace
from atoz.model.order import Order
from atoz.model.reason import ClaimReason
from atoz.rulebook.edition import Edition
from atoz.rulebook.edition_comparison import compare_editions
from atoz.rulebook.edition_selection import editions_in_force
from atoz.rulebook.filing_window import FilingWindow, Verdict, claim_window, filing_window

R = ClaimReason
DAY = relativedelta(days=1)
COUNTRIES = [each.country for each in Marketplace.all()]
EDITIONS = (
    *("faq-2016", "us-2016-06", "us-2016-11", "us-2020-07", "us-2021-05", "us-2026"),
    *("uk-current", "eu-current", "in-current", "jp-current", "ca-current", "au-current", "ae-sa-current"),
)
SCANNED = ("us-2020-07", "us-2021-05", "us-2026", "uk-current", "eu-current", "ca-current", "ae-sa-current")
"""Where a delivery scan opens the window at once, and the buyer waits 48 hours after the first message."""


class Expected(NamedTuple):
    """What the sentences say of one order; none where they need a fact that is not known, or say nothing."""

    opens: date | None
    closes: date | None
    missing: frozenset[str] = frozenset()
    defined: bool = True
    closing_defined: bool = True
    opening_defined: bool = True


def working_days_after(day: date, count: int) -> date:
    """That many weekdays later."""
    for _ in range(count):
        day += DAY
        while day.weekday() in (5, 6):
            day += DAY
    return day


def two_days_later(order: Order) -> date:
    """The local day of the instant 48 hours after the buyer's first message."""
    assert order.first_contact_at
    return (order.first_contact_at + timedelta(seconds=48 * 3600)).astimezone(order.zone).date()


def local(order: Order, at: datetime) -> date:
    """The day on the marketplace's clocks."""
    return at.astimezone(order.zone).date()


def expected(  # noqa: C901, PLR0911, PLR0912  (one paragraph per edition, as the sources have it)
    order: Order, edition: str, reason: ClaimReason
) -> Expected:
    """The second implementation: one paragraph per edition, no shared tables."""
    placed, promise, contact, scan = (
        local(order, order.placed_at),
        order.deliver_by,
        order.first_contact_at,
        order.delivered_at,
    )
    waits = {"deliver_by": promise, "first_contact_at": contact}
    unknown = frozenset(name for name, fact in waits.items() if fact is None)
    returns = reason in (R.NOT_AS_DESCRIBED, R.RETURN_REFUSED)
    later = {"return_requested_at": order.return_requested_at or contact, "deliver_by": promise}
    unasked = frozenset(name for name, fact in later.items() if fact is None)
    closes = promise + relativedelta(days=90) if promise else None
    closing_alone = Expected(None, closes, unknown - {"first_contact_at"}, opening_defined=False)

    if edition == "faq-2016":  # three days before the promise or thirty after the order, whichever is sooner
        if promise is None:
            return Expected(None, None, frozenset({"deliver_by"}))
        return Expected(max(placed, min(promise - relativedelta(days=3), placed + relativedelta(days=30))), closes)

    if edition in ("us-2016-06", "us-2016-11"):  # three days past, or thirty; two business days after contact
        if reason is not R.NOT_RECEIVED:
            return Expected(None, None, defined=False)
        if promise is None or contact is None:
            return Expected(None, closes, unknown)
        sooner = min(promise + relativedelta(days=3), placed + relativedelta(days=30))
        return Expected(max(placed, sooner, working_days_after(local(order, contact), 2)), closes)

    if edition in SCANNED and reason is R.NOT_RECEIVED:  # or delivery scan; 48 hours
        if promise is None or contact is None:
            return Expected(None, closes, unknown)
        sooner = promise + relativedelta(days=3)
        if scan is not None and local(order, scan) < sooner:
            sooner = local(order, scan)
        return Expected(max(placed, sooner, two_days_later(order)), closes)

    if edition == "au-current" and reason is R.NOT_RECEIVED:  # or delivery scan; no wait is named
        if promise is None:
            return Expected(None, None, frozenset({"deliver_by"}))
        scans = [local(order, scan)] if scan is not None else []
        return Expected(max(placed, min(promise + relativedelta(days=3), *scans, date.max)), closes)

    if edition == "jp-current" and reason is R.NOT_RECEIVED:  # three days past either; 48 hours; no closing day
        if promise is None or contact is None:
            return Expected(None, None, unknown, closing_defined=False)
        shown = [local(order, scan) + relativedelta(days=3)] if scan is not None else []
        sooner = min(promise + relativedelta(days=3), *shown, date.max)
        return Expected(max(placed, sooner, two_days_later(order)), None, closing_defined=False)

    if edition == "us-2020-07" and returns:  # 48 hours after the first message, which may ask for the return
        opens = max(placed, two_days_later(order)) if contact else None
        return Expected(opens, closes, unknown)

    if edition in ("us-2021-05", "us-2026", "uk-current") and returns:  # 48 hours after the return was asked for
        asked = order.return_requested_at or contact
        opens = max(placed, local(order, asked + timedelta(hours=48))) if asked else None
        return Expected(opens, closes, unasked)

    if edition == "eu-current" and reason in (R.RETURN_REFUSED, R.EXTRA_CHARGES):  # 48 hours after the first message
        opens = max(placed, two_days_later(order)) if contact else None
        return Expected(opens, closes, unknown)

    unrefunded = reason is R.RETURN_NOT_REFUNDED  # ninety days are named, no day from which
    if unrefunded and edition in ("us-2026", "uk-current", "eu-current", "ae-sa-current"):
        return closing_alone

    if reason is R.EXTRA_CHARGES and edition in ("us-2026", "uk-current"):
        return closing_alone

    if edition == "in-current" and reason is R.NOT_RECEIVED:  # three business days past; two after contact
        if promise is None or contact is None:
            return Expected(None, None, unknown, closing_defined=False)
        waited = max(working_days_after(promise, 3), working_days_after(local(order, contact), 2))
        return Expected(max(placed, waited), None, closing_defined=False)

    return Expected(None, None, defined=False)


@st.composite
def orders(draw: st.DrawFn) -> Order:
    """Orders whose facts lie close enough together for every leg to decide sometimes."""
    placed = datetime(2010, 1, 1, tzinfo=UTC) + timedelta(minutes=draw(st.integers(0, 10_000_000)))
    near = st.integers(-5 * 24 * 60, 60 * 24 * 60).map(lambda minutes: placed + timedelta(minutes=minutes))
    maybe = st.none() | near
    promise = draw(maybe)
    return Order(
        order_id="123-1234567-1234567",
        marketplace=draw(st.sampled_from(COUNTRIES)),
        placed_at=placed,
        deliver_by=promise and promise.date(),
        first_contact_at=draw(maybe),
        return_requested_at=draw(maybe),
        delivered_at=draw(maybe),
    )


editions = st.sampled_from(EDITIONS)
reasons = st.sampled_from(ClaimReason)


def test_the_editions_that_are_compared_ship() -> None:
    """Those with a paragraph above; one without is held by its situations, on both sides of every figure."""
    assert set(EDITIONS) <= {edition.id for edition in Edition.all()}
    assert len(EDITIONS) >= 13


@given(orders(), editions, reasons)
@settings(max_examples=400)
def test_windows_are_what_the_sentences_say(order: Order, edition: str, reason: ClaimReason) -> None:
    """Opening, closing and what is missing, for all editions, reasons and missing facts."""
    window, want = filing_window(order, edition=edition, reason=reason), expected(order, edition, reason)
    assert (window.opens, window.closes) == (want.opens, want.closes)
    assert frozenset(window.missing) == want.missing
    assert len(window.missing) == len(set(window.missing))
    assert ("window" in window.unsupported) is not want.defined
    assert ("closes" in window.unsupported) is (want.defined and not want.closing_defined)
    assert ("opens" in window.unsupported) is not want.opening_defined
    assert (window.edition, window.reason, window.in_force_on) == (edition, reason, None)


@given(orders(), editions, reasons, st.integers(-3, 3))
@settings(max_examples=400)
def test_verdicts_on_each_edge(order: Order, edition: str, reason: ClaimReason, shift: int) -> None:
    """The last forbidden, the first and last allowed, and the first late day."""
    window, want = filing_window(order, edition=edition, reason=reason), expected(order, edition, reason)
    for edge in filter(None, (want.opens, want.closes)):
        on = edge + timedelta(days=shift)
        verdict = window.verdict(on)
        if want.opens and want.closes and want.opens <= want.closes:
            inside = want.opens <= on <= want.closes
            assert (verdict is Verdict.ELIGIBLE) is inside
            assert (verdict is Verdict.NOT_YET) is (on < want.opens)
            assert (verdict is Verdict.EXPIRED) is (on > want.closes)
        elif want.opens and want.closes:  # a window that closes before it opens is never open
            assert verdict in (Verdict.NOT_YET, Verdict.EXPIRED)
        elif want.opens:
            assert verdict is (Verdict.NOT_YET if on < want.opens else Verdict.UNDETERMINED)
        elif want.closes and on > want.closes:
            assert verdict is Verdict.EXPIRED
        assert window.days_left(on) == (None if want.closes is None else (want.closes - on).days)


def filled(order: Order, missing: tuple[str, ...], contact: datetime, promise: date) -> Order:
    """The order with its missing facts known after all."""
    facts = {"first_contact_at": contact, "return_requested_at": contact, "deliver_by": promise}
    return order.model_copy(update={name: facts[name] for name in missing})


ANY_CONTACT = st.integers(0, 12_000_000).map(
    lambda minutes: datetime(2009, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
ANY_DAY = ANY_CONTACT.map(datetime.date)


@given(orders(), editions, reasons, ANY_CONTACT, ANY_DAY, st.integers(-400, 400))
@settings(max_examples=400)
def test_what_is_learnt_later_never_contradicts(
    order: Order, edition: str, reason: ClaimReason, contact: datetime, promise: date, shift: int
) -> None:
    """A verdict given without a fact stands when the fact is known; without it nothing is ever eligible.

    Only a window that turns out to close before it opens moves a day from "not yet" to "expired": it is never open.
    """
    window = filing_window(order, edition=edition, reason=reason)
    later = filing_window(filled(order, window.missing, contact, promise), edition=edition, reason=reason)
    assert not later.missing
    edges = (order.placed_on, window.opens_no_earlier, window.opens_no_later, window.closes, later.opens, later.closes)
    for edge in filter(None, edges):
        for on in (edge - DAY, edge, edge + DAY, edge + timedelta(days=shift)):
            before, after = window.verdict(on), later.verdict(on)
            first = later.opens or later.opens_no_earlier
            never_opens = first and later.closes and later.closes < first
            moved = never_opens and (before, after) == (Verdict.NOT_YET, Verdict.EXPIRED)
            assert before in (Verdict.UNDETERMINED, after) or moved
            if window.missing:
                assert before is not Verdict.ELIGIBLE
    if later.opens and window.opens_no_earlier:
        assert window.opens_no_earlier <= later.opens
    if later.opens and window.opens_no_later:
        assert later.opens <= window.opens_no_later


@given(orders(), editions, reasons)
@settings(max_examples=300)
def test_bounds_are_as_tight_as_the_facts_allow(order: Order, edition: str, reason: ClaimReason) -> None:
    """The earliest possible facts give exactly the lower bound, the latest possible exactly the upper one, if any."""
    window = filing_window(order, edition=edition, reason=reason)
    if "window" in window.unsupported:
        assert (window.opens_no_earlier, window.opens_no_later) == (None, None)
        return
    if "opens" in window.unsupported:  # nobody files before there is an order
        assert (window.opens_no_earlier, window.opens_no_later) == (order.placed_on, None)
        return
    early = expected(filled(order, window.missing, datetime(1996, 1, 1, tzinfo=UTC), date(1996, 1, 1)), edition, reason)
    late = expected(filled(order, window.missing, datetime(2150, 1, 1, tzinfo=UTC), date(2150, 1, 1)), edition, reason)
    assert window.opens_no_earlier == early.opens
    assert window.opens_no_later == (late.opens if late.opens and late.opens.year < 2140 else None)


def us_order(**facts: object) -> Order:
    """An order of 1 June 2016 in the United States, promised for Friday the 10th, first written about on the 11th."""
    return Order.model_validate(
        {
            "order_id": "123-1234567-1234567",
            "marketplace": "US",
            "placed_at": "2016-06-01T15:00:00Z",
            "deliver_by": "2016-06-10",
            "first_contact_at": "2016-06-11T18:00:00Z",
            **facts,
        }
    )


@pytest.mark.parametrize(
    ("edition", "opens", "closes"),
    [
        ("faq-2016", date(2016, 6, 7), date(2016, 9, 8)),
        ("us-2016-06", date(2016, 6, 14), date(2016, 9, 8)),  # Saturday, then two business days: Tuesday
        ("us-2016-11", date(2016, 6, 14), date(2016, 9, 8)),
        ("us-2020-07", date(2016, 6, 13), date(2016, 9, 8)),
        ("us-2026", date(2016, 6, 13), date(2016, 9, 8)),
        ("uk-current", date(2016, 6, 13), date(2016, 9, 8)),
        ("in-current", date(2016, 6, 15), None),  # three business days from Friday
        ("us-2021-05", date(2016, 6, 13), date(2016, 9, 8)),
        ("eu-current", date(2016, 6, 13), date(2016, 9, 8)),
        ("ca-current", date(2016, 6, 13), date(2016, 9, 8)),
        ("au-current", date(2016, 6, 13), date(2016, 9, 8)),
        ("ae-sa-current", date(2016, 6, 13), date(2016, 9, 8)),
        ("jp-current", date(2016, 6, 13), None),
    ],
)
def test_one_order_by_hand(edition: str, opens: date, closes: date | None) -> None:
    """First allowed and last forbidden day on each edge, counted with a calendar and a finger."""
    window = filing_window(us_order(), edition=edition)
    assert (window.opens, window.closes) == (opens, closes)
    assert window.verdict(opens - DAY) is Verdict.NOT_YET
    if closes is None:
        assert window.verdict(opens) is Verdict.UNDETERMINED
        return
    assert window.verdict(opens) is Verdict.ELIGIBLE
    assert window.verdict(closes) is Verdict.ELIGIBLE
    assert window.verdict(closes + DAY) is Verdict.EXPIRED
    assert (window.days_left(closes), window.days_left(closes + DAY)) == (0, -1)


@pytest.mark.parametrize(
    ("promise", "opens"),
    [
        ("2016-07-03", date(2016, 6, 30)),  # three days before the promise is sooner
        ("2016-07-04", date(2016, 7, 1)),  # both on one day
        ("2016-07-05", date(2016, 7, 1)),  # thirty days after the order is sooner
        ("2016-06-05", date(2016, 6, 2)),
        ("2016-06-04", date(2016, 6, 1)),
        ("2016-06-03", date(2016, 6, 1)),  # never before the order day
        ("2016-05-01", date(2016, 6, 1)),
    ],
)
def test_the_faqs_two_openings(promise: str, opens: date) -> None:
    """Each side of the day on which the sooner of the two changes, and of the order day."""
    assert filing_window(us_order(deliver_by=promise)).opens == opens


def test_the_scan_opens_at_once() -> None:
    """A delivery scan opens the window on its local day where the edition says so."""
    early = us_order(delivered_at="2016-06-13T06:59:59.999999Z", first_contact_at="2016-06-05T00:00:00Z")
    assert filing_window(early, edition="uk-current").opens == date(2016, 6, 12)
    on_time = us_order(delivered_at="2016-06-13T07:00:00Z", first_contact_at="2016-06-05T00:00:00Z")
    assert filing_window(on_time, edition="us-2020-07").opens == date(2016, 6, 13)
    assert filing_window(early, edition="us-2026").opens == date(2016, 6, 12)
    assert filing_window(early, edition="jp-current").opens == date(2016, 6, 13)  # three days past the promise
    sooner = us_order(delivered_at="2016-06-07T12:00:00Z", first_contact_at="2016-06-05T00:00:00Z")
    assert filing_window(sooner, edition="jp-current").opens == date(2016, 6, 10)  # three days past the scan


def test_an_opening_instant_opens_on_its_local_day() -> None:
    """48 hours after the first message, at the local midnight and a microsecond before it."""
    for at, opens in (("2016-06-13T06:59:59.999999Z", date(2016, 6, 14)), ("2016-06-13T07:00:00Z", date(2016, 6, 15))):
        assert filing_window(us_order(first_contact_at=at), edition="us-2026").opens == opens


def test_an_instant_is_no_day_to_ask_about() -> None:
    """An instant falls on different days in different places, so it is refused with the way to a day."""
    with pytest.raises(InvalidDocument, match="local_day"):
        filing_window(us_order()).verdict(datetime(2016, 6, 7, tzinfo=UTC))


def test_unknown_names_are_refused() -> None:
    """No such edition, reason, or edition in force."""
    with pytest.raises(UnknownName):
        filing_window(us_order(), edition="us-2025")
    with pytest.raises(UnknownName):
        filing_window(us_order(), reason="lost")
    with pytest.raises(NoEditionInForce):
        filing_window(us_order(marketplace="GB"), edition="in-force")
    assert filing_window(us_order(), edition="in-force").edition == "us-2016-06"


@given(orders(), reasons)
def test_a_comparison_holds_every_edition_that_fits(order: Order, reason: ClaimReason) -> None:
    """The windows are the ones had singly, and the spreads are those of the days."""
    compared = compare_editions(order, reason=reason)
    fitting = {"faq-2016"} | {
        "US": {"us-2016-06", "us-2016-11", "us-2020-07", "us-2021-05", "us-2026"},
        "GB": {"uk-current"},
        "IN": {"in-current"},
        **{country: {"eu-current"} for country in ("DE", "ES", "FR", "IT")},
        "JP": {"jp-current"},
        "CA": {"ca-current"},
        "AU": {"au-current"},
        **{country: {"ae-sa-current"} for country in ("AE", "SA")},
    }.get(order.marketplace, set())
    assert {each.edition for each in compared.windows} & set(EDITIONS) == fitting
    assert list(compared.windows) == [
        filing_window(order, edition=each.edition, reason=reason) for each in compared.windows
    ]
    day = order.local_day(order.placed_at)
    assert compared.in_force == tuple(edition.id for edition in editions_in_force(order.marketplace, day))
    for edition in fitting:
        figures = {rule.name: rule.value for rule in Edition.named(edition).parameters if rule.role == "deadline"}
        assert {row.parameter: row.value for row in compared.deadlines if row.edition == edition} == figures
    opens = [each.opens for each in compared.windows if each.opens]
    assert compared.opens_differ_by == ((max(opens) - min(opens)).days if len(opens) > 1 else None)
    closes = [each.closes for each in compared.windows if each.closes]
    assert compared.closes_differ_by == ((max(closes) - min(closes)).days if len(closes) > 1 else None)
    assert len(str(compared).splitlines()) == len(compared.windows)


@given(orders(), editions, reasons)
def test_windows_are_hashable_and_dump(order: Order, edition: str, reason: ClaimReason) -> None:
    """A window is a value: equal input, equal hash, equal bytes; of its order it keeps the id and the marketplace."""
    one, other = (filing_window(order, edition=edition, reason=reason) for _ in range(2))
    assert isinstance(one, FilingWindow)
    assert one == other
    assert hash(one) == hash(other)
    dumped = one.model_dump_json()
    assert dumped == other.model_dump_json()
    assert (one.order_id, one.marketplace) == (order.order_id, order.marketplace)
    assert FilingWindow.model_validate_json(dumped) == one


def test_a_claim_s_window_is_that_of_its_own_edition() -> None:
    """Not of the default: the edition that the claim pins for its window, or else the one for its deadlines."""
    filed = events.Filed(at=datetime(2026, 6, 20, 16, tzinfo=UTC))
    facts = {"order": us_order(), "reason": "not_received", "history": (filed,)}
    assert claim_window(Claim.model_validate(facts)) == filing_window(us_order())
    pinned = Claim.model_validate({**facts, "edition": "us-2026"})
    assert claim_window(pinned) == filing_window(us_order(), edition="us-2026") != filing_window(us_order())
    two = Claim.model_validate({**facts, "edition": "us-2026", "window_edition": "us-2016-06"})
    assert claim_window(two).edition == "us-2016-06"


def test_days_left_of_an_instant_are_refused() -> None:
    """An instant is a day to Python's types; which day it is depends on the zone, so the error says what to ask for."""
    order = Order(order_id="123-1234567-1234567", marketplace="US", placed_at=datetime(2016, 6, 1, tzinfo=UTC))
    with pytest.raises(InvalidDocument, match="days_left: on: a calendar day is needed"):
        filing_window(order).days_left(datetime(2016, 6, 6, tzinfo=UTC))

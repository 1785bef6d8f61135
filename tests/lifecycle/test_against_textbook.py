"""atoz against the second model: every status, event, age, fact and edition, and every path to depth five."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import pytest
from textbook import APPEAL, BUYER_APPEAL, TRANSITIONS, TRIGGERS, Memory, Textbook

from atoz.errors import Refusal, TransitionRefused
from atoz.lifecycle.operations import apply, options
from atoz.lifecycle.replay import verify
from atoz.lifecycle.transition_table import TABLE
from atoz.lifecycle.transition_table import TRIGGERS as OURS
from atoz.model import events
from atoz.model.claim import Claim
from atoz.model.events import EVENT_CLASSES, AnyEvent
from atoz.model.order import Order
from atoz.model.status import ClaimStatus

AT = datetime(2026, 6, 1, 16, tzinfo=UTC)
TICK, HOUR, DAY = timedelta(microseconds=1), timedelta(hours=1), timedelta(days=1)
ORDER = Order(order_id="123-1234567-1234567", marketplace="US", placed_at=AT - 9 * DAY)
EDITIONS = (
    *("faq-2016", "us-2016-06", "us-2016-11", "us-2020-07", "us-2026"),
    *("uk-current", "eu-current", "in-current", "ca-current"),
)


def happen(kind: str, at: datetime, *, consent: bool = False) -> AnyEvent:
    """An event of a kind."""
    facts: dict[str, dict[str, object]] = {
        "response_lapsed": {"due_at": at - HOUR},
        "withdrawn": {"consent_to_recharge": consent},
        "order_cancelled": {"actor": "seller"},
        "evidence_added": {"evidence": "photo"},
        "observed": {"status": "closed"},
    }
    return EVENT_CLASSES[kind].model_validate({"at": at, **facts.get(kind, {})})  # type: ignore[return-value]


def seen(status: ClaimStatus, at: datetime) -> AnyEvent:
    """An observation."""
    return events.Observed(at=at, status=status)


def days(*kinds: str) -> tuple[AnyEvent, ...]:
    """A history of events a day apart, after the filing."""
    return (events.Filed(at=AT), *(happen(kind, AT + day * DAY) for day, kind in enumerate(kinds, start=1)))


STARTS: dict[str, tuple[AnyEvent, ...]] = {
    "filed": days(),
    "answered": days("seller_responded"),
    "asked": days("information_requested"),
    "asked, with a date": (events.Filed(at=AT), events.InformationRequested(at=AT + DAY, respond_by=AT + 2 * DAY)),
    "answered, asked again": days("seller_responded", "information_requested"),
    "asked and answered": days("information_requested", "seller_responded"),
    "granted": days("granted_seller_funded"),
    "answered, granted": days("seller_responded", "granted_seller_funded"),
    "appealed": days("granted_seller_funded", "seller_appealed"),
    "appealed, asked": days("granted_seller_funded", "seller_appealed", "information_requested"),
    "appealed, granted": days("granted_seller_funded", "seller_appealed", "granted_seller_funded"),
    "Amazon paid": days("granted_amazon_funded"),
    "refunded": days("seller_refunded"),
    "denied": days("denied"),
    "buyer appealed": days("denied", "buyer_appealed"),
    "buyer appealed late": (*days("denied"), happen("buyer_appealed", AT + 20 * DAY)),
    "denied twice": days("denied", "buyer_appealed", "denied"),
    "withdrawn": days("withdrawn"),
    "cancelled": days("order_cancelled"),
    **{f"seen {status}": (seen(status, AT),) for status in ClaimStatus},
    **{f"filed, then seen {status}": (*days(), seen(status, AT + DAY)) for status in ClaimStatus},
    "seen closed, then open": (seen(ClaimStatus.CLOSED, AT), seen(ClaimStatus.UNDER_REVIEW, AT + DAY)),
    "seen open, then lost": (seen(ClaimStatus.UNDER_REVIEW, AT), seen(ClaimStatus.GRANTED_SELLER_FUNDED, AT + DAY)),
    "seen open, asked": (seen(ClaimStatus.UNDER_REVIEW, AT), events.InformationRequested(at=AT + DAY)),
    "seen open, answered": (seen(ClaimStatus.UNDER_REVIEW, AT), events.SellerResponded(at=AT + DAY)),
    "granted, seen granted": (*days("granted_seller_funded"), seen(ClaimStatus.GRANTED_SELLER_FUNDED, AT + 2 * DAY)),
    "granted, asked, appealed": days("granted_seller_funded", "information_requested", "seller_appealed"),
    "denied, asked, appealed": days("denied", "information_requested", "buyer_appealed"),
}
"""Every status, reached in every way that a guard can tell apart."""


def both(edition: str, history: tuple[AnyEvent, ...]) -> tuple[Claim, Textbook]:
    """The same claim in both models."""
    claim = Claim.model_validate({"order": ORDER, "reason": "other", "edition": edition, "history": history[:1]})
    book = Textbook(edition)
    book.begin(history[0])
    for event in history[1:]:
        claim = apply(claim, event)
        assert book.fire(event) == ""
    return claim, book


def ages(claim: Claim, book: Textbook) -> Iterator[datetime]:
    """Around every edge that either model knows: a microsecond before, on it, and a microsecond after."""
    edges = {claim.updated_at, book.answer_due(), book.appeal_due(), book.buyer_due(), AT + 400 * DAY}
    for edge in filter(None, edges):
        yield from (edge - TICK, edge, edge + TICK)


@lru_cache(maxsize=64)
def options_at(claim: Claim, at: datetime) -> dict[str, Refusal | None]:
    """What `options` says at an instant; each event of that instant asks for it."""
    return options(claim, at)


def agree(claim: Claim, book: Textbook, event: AnyEvent) -> tuple[Claim | None, str]:
    """Both models say the same of one event, and `options` says it too; the next claim, or the code of the refusal."""
    try:
        moved: Claim | None = apply(claim, event)
        code = ""
    except TransitionRefused as refused:
        moved, code = None, refused.refusal.code
        allowed = options_at(claim, max(event.at, claim.updated_at))
        assert refused.allowed == tuple(kind for kind, why in allowed.items() if why is None)  # noqa: PT017
    assert code == book.fire(event), event
    if moved is not None:
        assert moved.status.value == book.memory.state
        assert moved.history == (*claim.history, event)
    return moved, code


def listed(claim: Claim, event: AnyEvent) -> str:
    """What `options` says of an event of this kind at its instant."""
    why = options_at(claim, event.at)[event.kind]
    return why.code if why else ""


def test_the_table_is_the_designs() -> None:
    """The rows, one by one, are those of the hand-typed table; a filing begins."""
    typed = {
        (source, str(row["trigger"]), str(row["dest"]), "conditions" in row)
        for row in TRANSITIONS
        for source in (row["source"] if isinstance(row["source"], list) else [row["source"]])
    }
    ours = {(row.source and row.source.value, row.event, row.target.value, row.guard is not None) for row in TABLE}
    assert ours == typed | {(None, "filed", "under_review", False)}
    assert set(OURS) == TRIGGERS | {"filed"}
    assert len(TABLE) == len(ours)


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("start", STARTS)
def test_every_cell(start: str, edition: str) -> None:
    """Status × event × age × needed fact × edition: same outcome, same code; `options` agrees with `apply`."""
    claim, book = both(edition, STARTS[start])
    memory: Memory = book.memory
    cells = 0
    for at in ages(claim, book):
        for kind in EVENT_CLASSES:
            for consent in (False, True) if kind == "withdrawn" else (False,):
                event = happen(kind, at, consent=consent)
                _, code = agree(claim, book, event)
                book.memory = memory
                if kind in OURS and not consent:
                    assert listed(claim, event) == code
                cells += 1
    assert cells >= 6 * (len(EVENT_CLASSES) + 1)
    assert claim.history == STARTS[start]


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("start", STARTS)
def test_refusals_know_their_instants(start: str, edition: str) -> None:
    """`possible_from` is the first possible instant and `possible_until` the last one, to the microsecond."""
    claim, book = both(edition, STARTS[start])
    for at in ages(claim, book):
        for kind, why in options_at(claim, at).items():
            if why and why.code == "too_early" and why.possible_from:
                assert listed(claim, happen(kind, why.possible_from)) == ""
                assert listed(claim, happen(kind, max(why.possible_from - TICK, claim.updated_at))) == "too_early"
                assert at < why.possible_from
            if why and why.code == "too_late":
                assert why.possible_until
                assert at > why.possible_until
                assert listed(claim, happen(kind, why.possible_until + TICK)) == "too_late"
                assert listed(claim, happen(kind, why.possible_until)) in ("", "out_of_order")
            if why and why.code == "out_of_order":
                assert why.possible_from == claim.updated_at
                assert listed(claim, happen(kind, claim.updated_at)) != "out_of_order"


STEPS: list[tuple[str, timedelta, bool]] = [
    *((kind, DAY, False) for kind in sorted(TRIGGERS)),
    ("withdrawn", DAY, True),
    ("response_lapsed", 8 * DAY, False),
    ("seller_appealed", 31 * DAY, False),
    ("buyer_appealed", 31 * DAY, False),
    ("seller_responded", DAY, False),
    ("information_requested", DAY, False),
]


@pytest.mark.parametrize("edition", ["faq-2016", "uk-current"])
def test_every_path_to_depth_five(edition: str) -> None:
    """From the filing, every order of events: the two models never part, and every claim on the way verifies."""
    claim, book = both(edition, days())
    paths = 0

    def walk(claim: Claim, depth: int) -> None:
        nonlocal paths
        memory = book.memory
        for kind, gap, consent in STEPS:
            event = happen(kind, claim.updated_at + gap, consent=consent)
            moved, _ = agree(claim, book, event)
            paths += 1
            if moved is not None and depth > 1:
                walk(moved, depth - 1)
            elif moved is not None and paths % 50 == 0:
                assert verify(moved) is moved
            book.memory = memory

    walk(claim, 5)
    assert paths > 10_000


def test_the_windows_of_the_second_model_matter() -> None:
    """The second model's windows end where the product looks: a guard against testing nothing."""
    edges = {len(set(ages(*both("uk-current", STARTS[name])))) for name in ("granted", "denied", "asked")}
    assert min(edges) >= 9
    assert set(APPEAL) > set(BUYER_APPEAL)

"""Hypothesis strategies: orders, events, reachable histories and policies that work. They shrink to the plainest claim.

>>> from hypothesis import find
>>> find(claims(), lambda claim: claim.status.value == "closed").history[-1].kind
'denied'
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import get_args

from atoz.errors import MissingExtra

try:
    from hypothesis import strategies as st
except ImportError as error:  # pragma: no cover  (the extra is there when the tests run)
    raise MissingExtra("atoz.testing.strategies", "testing") from error

from atoz.lifecycle.guards import why_not
from atoz.lifecycle.operations import apply
from atoz.lifecycle.transition_table import triggers_from
from atoz.model.claim import Claim
from atoz.model.events import EVENT_CLASSES, AnyEvent, Purpose
from atoz.model.money import Money
from atoz.model.order import RETURN_FACTS, Fulfilment, Order, TriState
from atoz.model.reason import ClaimReason
from atoz.model.status import ClaimStatus
from atoz.planner.actions import COMPLETED_BY, Action
from atoz.planner.conditions import Hours, When
from atoz.planner.policy import Policy
from atoz.planner.policy_validation import check_policy
from atoz.rulebook.counted_history import CountedHistory
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.deadlines import DeadlineState
from atoz.rulebook.edition import DEFAULT_EDITION, Edition, known_editions, passed_editions
from atoz.testing.builders import FILED_AT, a_claim, an_event, an_order, filed_in, home_of
from atoz.testing.world import happenings

_PLAIN = tuple(
    kind for kind, event_class in EVENT_CLASSES.items() if event_class.leads_to is None and kind != "observed"
)


def editions() -> st.SearchStrategy[str]:
    """The id of an edition; shrinks to the default."""
    return st.sampled_from(sorted((edition.id for edition in Edition.all()), key=lambda name: name != DEFAULT_EDITION))


@st.composite
def orders(draw: st.DrawFn, *, marketplace: str = "US", filed_at: datetime = FILED_AT) -> Order:
    """A valid order placed before the usual filing; shrinks to the one that `an_order` builds."""
    placed_at = filed_at - timedelta(days=20, hours=1)
    contact = draw(st.none() | st.integers(0, 24 * 10))
    delivered = draw(st.none() | st.integers(0, 24 * 10))
    returned = sorted(draw(st.lists(st.integers(0, 24 * 10), max_size=len(RETURN_FACTS))), reverse=True)
    return an_order(
        marketplace=marketplace,
        placed_at=placed_at,
        deliver_by=draw(st.just(placed_at.date() + timedelta(days=9)) | st.none()),
        fulfilment=draw(st.sampled_from(Fulfilment)),
        claims_protected=draw(st.sampled_from((TriState.UNKNOWN, TriState.NO, TriState.YES))),
        first_contact_at=None if contact is None else filed_at - timedelta(hours=contact),
        delivered_at=None if delivered is None else filed_at - timedelta(hours=delivered),
        **{name: filed_at - timedelta(hours=before) for name, before in zip(RETURN_FACTS, returned, strict=False)},
    )


@st.composite
def events_after(draw: st.DrawFn, claim: Claim, *, editions: Iterable[Edition] = ()) -> AnyEvent:
    """An event that can happen to a claim next: the buyer's, Amazon's, the clock's or the seller's own.

    `editions` are those of your own that the claim may name.
    """
    passed = passed_editions(editions)
    at = claim.updated_at + timedelta(minutes=draw(st.sampled_from((0, 1, 60)) | st.integers(0, 60 * 24 * 10)))
    possible: list[AnyEvent] = [
        *(an_event(kind, at, **_facts(draw, kind)) for kind in _PLAIN),
        *happenings(claim, at, editions=passed),
    ]
    history = CountedHistory.of(claim, passed)
    own = (kind for kind in triggers_from(claim.status) if kind.startswith("seller_"))
    possible.extend(an_event(kind, at) for kind in own if why_not(history, kind, at) is None)
    return draw(st.sampled_from(possible))


@st.composite
def claims(
    draw: st.DrawFn, *, edition: str | Edition | None = None, max_events: int = 8, order: Order | None = None
) -> Claim:
    """A claim with a history that the machine accepts, event by event; shrinks to one that was just filed."""
    counted = edition or draw(editions())
    about = order or draw(orders(marketplace=home_of(counted), filed_at=filed_in(counted)))
    claim = a_claim(order=about, reason=draw(st.sampled_from(ClaimReason)), edition=counted)
    passed = (counted,) if isinstance(counted, Edition) else ()
    for _ in range(draw(st.integers(0, max_events))):
        claim = apply(claim, draw(events_after(claim, editions=passed)), editions=passed)
    return claim


def histories(*, edition: str | Edition | None = None, max_events: int = 8) -> st.SearchStrategy[tuple[AnyEvent, ...]]:
    """A reachable history: one that the machine accepts from its first event to its last."""
    return claims(edition=edition, max_events=max_events).map(lambda claim: claim.history)


@st.composite
def policies(draw: st.DrawFn, *, edition: str | Edition = DEFAULT_EDITION, max_steps: int = 4) -> Policy:
    """A policy that passes every check when it is loaded, though it need not be any good; shrinks to one step.

    Steps and warnings ask for any of the conditions that there are.
    """
    currency = an_order(marketplace=home_of(edition)).currency
    steps = [draw(_steps(f"step_{number}", currency)) for number in range(1, draw(st.integers(1, max_steps)) + 1)]
    for number, step in enumerate(steps):
        if number and draw(st.integers(0, 3)) == 0:
            step["after"] = [draw(st.sampled_from([before["id"] for before in steps[:number]]))]
    warnings = [draw(_warnings(f"warning_{number}", currency)) for number in range(draw(st.integers(0, 2)))]
    policy = Policy.model_validate(
        {
            "id": "drawn",
            "title": _TEXT,
            "editions": [edition.id if isinstance(edition, Edition) else edition],
            "messages_apart": {"value": draw(st.integers(0, 3)), "unit": "calendar_day"},
            "look_again": {"value": 1, "unit": "calendar_day"},
            "sources": {"own": {"title": "drawn", "address": "a strategy"}},
            "steps": steps,
            "avoid": warnings,
        }
    )
    plain = Policy.model_validate({**policy.model_dump(exclude={"steps"}), "steps": [_row("wait", Action.WAIT)]})
    known = known_editions((edition,) if isinstance(edition, Edition) else ())
    while faulty := {
        tuple(fault.path.split(".")[:2]) for fault in check_policy(policy.editions, policy.steps, policy.avoid, known)
    }:
        kept = {
            key: tuple(row for index, row in enumerate(getattr(policy, key)) if (key, str(index)) not in faulty)
            for key in ("steps", "avoid")
        }
        policy = policy.model_copy(update={**kept, "steps": kept["steps"] or plain.steps})
    return policy


_TEXT = {"en": "drawn", "zh": "drawn"}


def _row(name: str, action: Action) -> dict[str, object]:
    return {
        "id": name,
        "action": action.value,
        "why": _TEXT,
        "source": {"title": "drawn", "address": "a strategy"},
        "confidence": "atoz",
    }


@st.composite
def _steps(draw: st.DrawFn, name: str, currency: str) -> dict[str, object]:
    row = _row(name, draw(st.sampled_from((Action.WAIT, *(action for action in Action if COMPLETED_BY[action])))))
    row["when"] = draw(conditions(currency=currency))
    if draw(st.integers(0, 2)) == 0:
        row["serves"] = draw(st.sampled_from(DeadlineName))
    anchor = draw(
        st.sampled_from(("filed", "information_requested", "status_changed", "buyer_messaged", "seller_messaged"))
    )
    begins = draw(st.none() | st.integers(0, 9))
    if begins is not None:
        row["not_before"] = {"value": begins, "unit": "calendar_day", "after": anchor}
    due = draw(st.sampled_from((None, "after", "before")))
    if due == "after":
        row["due"] = {"value": (begins or 0) + draw(st.integers(0, 3)), "unit": "calendar_day", "after": anchor}
    elif due == "before":
        row["due"] = {"value": draw(st.integers(0, 48)), "unit": "hour", "before": draw(st.sampled_from(DeadlineName))}
    return row


@st.composite
def _warnings(draw: st.DrawFn, name: str, currency: str) -> dict[str, object]:
    row = {**_row(name, Action.WAIT), "what": _TEXT, "when": draw(conditions(currency=currency))}
    row["action"] = draw(st.none() | st.sampled_from([action for action in Action if COMPLETED_BY[action]]))
    return row


@st.composite
def conditions(draw: st.DrawFn, *, currency: str = "USD") -> dict[str, object]:
    """What a step asks for, as a policy writes it: a status and up to three other conditions; shrinks to one status."""
    asked: dict[str, object] = {"status": draw(st.lists(st.sampled_from(ClaimStatus), min_size=1, max_size=2))}
    others = [name for name in When.model_fields if name != "status"]
    for name in draw(st.lists(st.sampled_from(others), max_size=3, unique=True)):
        asked[name] = draw(_asked(name, currency))
    return asked


def _asked(name: str, currency: str) -> st.SearchStrategy[object]:
    """A value for a condition, by the type of its field."""
    money = st.sampled_from((f"31.90 {currency}", f"100.00 {currency}"))
    evidence = st.lists(st.sampled_from(("proof_of_delivery", "correspondence")), min_size=1, max_size=2, unique=True)
    of_type: dict[object, st.SearchStrategy[object]] = {
        int: st.integers(0, 2),
        bool: st.booleans(),
        Money: money,
        tuple[str, ...]: evidence,
        dict[DeadlineName, tuple[DeadlineState, ...]]: st.dictionaries(
            st.sampled_from(DeadlineName),
            st.lists(st.sampled_from(DeadlineState), min_size=1, max_size=2, unique=True),
            min_size=1,
            max_size=2,
        ),
        dict[DeadlineName, Hours]: st.dictionaries(st.sampled_from(DeadlineName), st.integers(1, 90), min_size=1),
    }
    annotation = When.model_fields[name].annotation
    kind = next((part for part in get_args(annotation) if part is not type(None)), annotation)
    for known in (kind, annotation):
        if known in of_type:
            return of_type[known]
    values = list(get_args(kind)[0])
    return st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True)


def _facts(draw: st.DrawFn, kind: str) -> dict[str, object]:
    if kind == "seller_messaged":
        return {"purpose": draw(st.sampled_from(Purpose))}
    return (
        {"evidence": draw(st.sampled_from(("proof_of_delivery", "correspondence")))} if kind == "evidence_added" else {}
    )

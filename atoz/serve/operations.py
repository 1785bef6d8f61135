"""What another program can ask: one table of operations, which HTTP and MCP both serve.

An operation takes one document of arguments and gives one document; all it needs besides, the server's claims and
the present instant, stands in its `Context`.

>>> [operation.name for operation in OPERATIONS][:3]
['plan', 'window', 'deadlines']
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, TypeVar

from atoz.errors import Fault, InvalidDocument
from atoz.lifecycle.operations import apply, options
from atoz.lifecycle.replay import under, verify
from atoz.messages.checker import check_message
from atoz.model.claim import Claim
from atoz.model.order import Order
from atoz.model.reason import ClaimReason
from atoz.model.record import Record, read_document
from atoz.planner.plan import Plan, plan
from atoz.planner.prevention import PreventionPlan, prevent
from atoz.rulebook.deadlines import deadlines
from atoz.rulebook.edition import DEFAULT_EDITION
from atoz.rulebook.filing_window import FilingWindow, claim_window, filing_window, windows_in_force
from atoz.serve.claim_sources import ClaimSource
from atoz.serve.documents import (
    AboutClaim,
    ApplyArguments,
    AtInstant,
    DeadlinesAnswer,
    ExplainAnswer,
    ExplainedDeadline,
    MessageAnswer,
    MessageArguments,
    OptionsAnswer,
    PlanArguments,
    PreventArguments,
    WindowAnswer,
    WindowArguments,
)


class Context(NamedTuple):
    """What an operation can read besides its arguments."""

    now: datetime
    """The instant that counts where the arguments name none."""
    claims: ClaimSource | None = None
    """The claims that can be named by their id; none if the server keeps none."""


def plan_claim(asked: PlanArguments, context: Context) -> Plan:
    """What to do about a claim, by when and why, and what not to do."""
    return plan(_claim(asked, context), as_of=asked.as_of or context.now, policy=asked.policy)


def window_of(asked: WindowArguments, context: Context) -> WindowAnswer:
    """From which day to which the buyer may file, by which edition of the rules."""
    if asked.order is not None:
        window = _order_window(asked.order, asked)
        order = asked.order
    else:
        claim = _named(asked.claim, asked.claim_id, context)
        order = claim.order
        window = _order_window(order, asked, claim)
    day = asked.on or order.local_day(context.now)
    return WindowAnswer(
        on=day,
        verdict=window.verdict(day),
        days_left=window.days_left(day),
        window=window,
        in_force=windows_in_force(order, besides=window),
    )


def _order_window(order: Order, asked: WindowArguments, claim: Claim | None = None) -> FilingWindow:
    reason = asked.reason or (claim.reason if claim else ClaimReason.NOT_RECEIVED)
    own = (claim.window_edition or claim.edition) if claim else DEFAULT_EDITION
    return filing_window(order, edition=asked.edition or own, reason=reason)


def deadlines_of(asked: AtInstant, context: Context) -> DeadlinesAnswer:
    """What the seller or the buyer must do by when, and what silence costs."""
    claim, as_of = _claim(asked, context), asked.as_of or context.now
    return DeadlinesAnswer(
        order_id=claim.order.order_id, as_of=as_of, edition=claim.edition, deadlines=deadlines(claim, as_of=as_of)
    )


def options_of(asked: AtInstant, context: Context) -> OptionsAnswer:
    """Which events may happen to a claim now, and why the others may not."""
    claim, at = _claim(asked, context), asked.as_of or context.now
    return OptionsAnswer(order_id=claim.order.order_id, at=at, options=options(claim, at))


def prevent_claim(asked: PreventArguments, context: Context) -> PreventionPlan:
    """What an order asks of the seller before there is a claim, and from when the buyer may file one."""
    return prevent(asked.order, asked.messages, as_of=asked.as_of or context.now)


def apply_event(asked: ApplyArguments, context: Context) -> Claim:
    """The claim after one event more; nothing is stored."""
    return apply(_claim(asked, context), asked.event)


def check_text(asked: MessageArguments, context: Context) -> MessageAnswer:
    """What a message should not say before it is sent, rule by rule, each with its source."""
    about = asked.claim or asked.claim_id
    claim = _named(asked.claim, asked.claim_id, context) if about else None
    findings = check_message(
        asked.text, kind=asked.message_kind, claim=claim, order=asked.order, at=asked.at or context.now
    )
    return MessageAnswer(findings=findings)


def explain_claim(asked: AtInstant, context: Context) -> ExplainAnswer:
    """How the filing window and each deadline were counted: steps, sources, confidence, caveats."""
    claim, as_of = _claim(asked, context), asked.as_of or context.now
    return ExplainAnswer(
        order_id=claim.order.order_id,
        as_of=as_of,
        window=claim_window(claim).explain(),
        deadlines=tuple(
            ExplainedDeadline(name=row.name.value, due_at=row.due_at, explanation=row.explain())
            for row in deadlines(claim, as_of=as_of)
        ),
    )


def _claim(asked: AboutClaim, context: Context) -> Claim:
    claim = _named(asked.claim, asked.claim_id, context)
    return claim if asked.edition is None else under(claim, asked.edition)


def _named(claim: Claim | None, claim_id: str | None, context: Context) -> Claim:
    """The claim itself, verified, or the one that the server keeps under this id."""
    if claim is not None:
        return verify(claim)
    if context.claims is None or claim_id is None:
        raise InvalidDocument(
            "claim_id", (Fault("", "no_claims", "this server keeps no claims; send the claim itself"),)
        )
    return context.claims.get(claim_id).claim


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: its name, what it does, and the documents that it takes and gives."""

    name: str
    summary: str
    arguments: type[Record]
    result: type[Record]
    answer: Callable[[object, Context], Record]
    """The result for arguments, as their record or as parsed JSON.

    Raises:
        AtozError: the arguments are not what is needed, or the operation refuses them.
    """


_Arguments = TypeVar("_Arguments", bound=Record)
_Result = TypeVar("_Result", bound=Record)


def _operation(
    name: str, arguments: type[_Arguments], result: type[_Result], run: Callable[[_Arguments, Context], _Result]
) -> Operation:
    def answer(data: object, context: Context) -> Record:
        asked = data if isinstance(data, arguments) else read_document(arguments, data, what=name)
        return run(asked, context)

    return Operation(name, (run.__doc__ or "").strip(), arguments, result, answer)


OPERATIONS = (
    _operation("plan", PlanArguments, Plan, plan_claim),
    _operation("window", WindowArguments, WindowAnswer, window_of),
    _operation("deadlines", AtInstant, DeadlinesAnswer, deadlines_of),
    _operation("options", AtInstant, OptionsAnswer, options_of),
    _operation("prevent", PreventArguments, PreventionPlan, prevent_claim),
    _operation("apply", ApplyArguments, Claim, apply_event),
    _operation("check-message", MessageArguments, MessageAnswer, check_text),
    _operation("explain", AtInstant, ExplainAnswer, explain_claim),
)
"""Every operation, in the order of the documentation."""

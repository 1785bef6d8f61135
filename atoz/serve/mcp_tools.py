"""The tools of the MCP server: the operations for an assistant, which has only to explain what they answer.

Arguments are small: a claim's id, a file under a folder that the user names, or a few facts. Answers are short, with a
way to the whole; the text of buyers and mails is never among them.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, TypeVar

from atoz.errors import Fault, InvalidDocument, StaleClaim
from atoz.lifecycle.operations import open_claim
from atoz.lifecycle.replay import read_claim, under
from atoz.model.claim import Claim
from atoz.model.limits import MAX_JSON
from atoz.model.order import Order
from atoz.model.record import Record, parse_json, read_document
from atoz.planner.plan import Plan
from atoz.rulebook.edition import DEFAULT_EDITION
from atoz.serve.brief_answers import (
    Part,
    deadlines_parts,
    explanation_parts,
    fitted,
    message_parts,
    options_parts,
    plan_parts,
    prevention_parts,
    window_parts,
)
from atoz.serve.claim_sources import ClaimSource, StoredClaims
from atoz.serve.documents import AtInstant, MessageArguments, PlanArguments, PreventArguments, WindowArguments
from atoz.serve.mcp_arguments import (
    ExplainSubject,
    Facts,
    MessageSubject,
    NewEvent,
    PlanSubject,
    PreventSubject,
    Subject,
    WindowSubject,
)
from atoz.serve.operations import (
    Context,
    check_text,
    deadlines_of,
    explain_claim,
    options_of,
    plan_claim,
    prevent_claim,
    window_of,
)

MOST_CHARACTERS = 100_000
"""The most characters of a whole answer; an assistant's attention has an end."""


class Desk(NamedTuple):
    """What the tools work with."""

    claims: ClaimSource | None
    root: Path | None
    clock: Callable[[], datetime]
    done: dict[str, tuple[NewEvent, str]]
    """Events that were recorded, by their idempotency keys, with the version they led to."""


class Tool(NamedTuple):
    """One tool: what it does, its arguments, and how it answers."""

    about: str
    arguments: type[Record]
    answer: Callable[[object, Desk], str]
    writes: bool = False


_Asked = TypeVar("_Asked", bound=Record)


def _plan(asked: PlanSubject, desk: Desk) -> str:
    arguments = PlanArguments(claim=_claim(asked, desk), as_of=asked.as_of, policy=asked.policy)
    made: Plan = plan_claim(arguments, _context(desk))
    return _said(asked, made, plan_parts(made, asked.language))


def _window(asked: WindowSubject, desk: Desk) -> str:
    about: dict[str, object]
    if asked.facts is not None and asked.facts.filed_at is None:
        about = {"order": _order(asked.facts), "reason": asked.facts.reason, "edition": asked.edition}
    else:
        about = {"claim": _claim(asked, desk)}
    now = asked.as_of or desk.clock()
    answer = window_of(WindowArguments.model_validate({**about, "on": asked.on}), Context(now))
    return _said(asked, answer, window_parts(answer, asked.language))


def _deadlines(asked: Subject, desk: Desk) -> str:
    answer = deadlines_of(_about(asked, desk), _context(desk))
    return _said(asked, answer, deadlines_parts(answer, asked.language))


def _prevent(asked: PreventSubject, desk: Desk) -> str:
    order = _claim(asked, desk).order if asked.facts is None else _order(asked.facts)
    made = prevent_claim(PreventArguments(order=order, messages=asked.messages, as_of=asked.as_of), _context(desk))
    return _said(asked, made, prevention_parts(made, asked.language))


def _options(asked: Subject, desk: Desk) -> str:
    answer = options_of(_about(asked, desk), _context(desk))
    return _said(asked, answer, options_parts(answer, asked.language))


def _explain(asked: ExplainSubject, desk: Desk) -> str:
    answer = explain_claim(_about(asked, desk), _context(desk))
    return _said(asked, answer, explanation_parts(answer, asked.about, asked.language))


def _message(asked: MessageSubject, desk: Desk) -> str:
    named = any(value is not None for value in (asked.claim_id, asked.path, asked.facts))
    claim = _claim(asked, desk) if named else None
    arguments = MessageArguments(text=asked.text, message_kind=asked.message_kind, claim=claim, at=asked.as_of)
    answer = check_text(arguments, _context(desk))
    return fitted(message_parts(answer, asked.language))


def _record(asked: NewEvent, desk: Desk) -> str:
    claims = desk.claims
    if not isinstance(claims, StoredClaims):
        raise InvalidDocument("record_event", (Fault("", "no_store", "events can be recorded in a claim store only"),))
    before = desk.done.get(asked.idempotency_key)
    if before is not None and before[0] != asked:
        words = "this key was used for another event; take a new one for each event"
        raise InvalidDocument("record_event", (Fault("idempotency_key", "key_used", words),))
    version = before[1] if before else _recorded(asked, claims)
    desk.done[asked.idempotency_key] = (asked, version)
    return fitted([("claim_id", asked.claim_id), ("version", int(version)), ("recorded", asked.event.kind)])


def _recorded(asked: NewEvent, claims: StoredClaims) -> str:
    """The version after the event; one that stands at its place already counts as recorded, also after a restart."""
    try:
        return claims.append(asked.claim_id, asked.event, expected_version=asked.expected_version).version
    except StaleClaim:
        if not claims.holds(asked.claim_id, asked.expected_version + 1, asked.event):
            raise
        return str(asked.expected_version + 1)


_AT = "Give claim_id, path or facts (with filed_at)."


def _tool(about: str, arguments: type[_Asked], run: Callable[[_Asked, Desk], str], *, writes: bool = False) -> Tool:
    def answer(data: object, desk: Desk) -> str:
        return run(read_document(arguments, data, what="arguments"), desk)

    return Tool(about, arguments, answer, writes)


TOOLS: Mapping[str, Tool] = {
    "plan_claim": _tool(f"{plan_claim.__doc__} {_AT}", PlanSubject, _plan),
    "filing_window": _tool(f"{window_of.__doc__} Give claim_id, path or facts.", WindowSubject, _window),
    "deadlines": _tool(f"{deadlines_of.__doc__} {_AT}", Subject, _deadlines),
    "prevent": _tool(f"{prevent_claim.__doc__} Give facts, or claim_id or path.", PreventSubject, _prevent),
    "options": _tool(f"{options_of.__doc__} {_AT}", Subject, _options),
    "check_message": _tool(check_text.__doc__ or "", MessageSubject, _message),
    "explain": _tool(f"{explain_claim.__doc__} One date in a short answer. {_AT}", ExplainSubject, _explain),
    "record_event": _tool("Store an event of a kept claim.", NewEvent, _record, writes=True),
}
"""Every tool, by name; those that write are offered only where the user allowed it."""


def _context(desk: Desk) -> Context:
    return Context(desk.clock(), desk.claims)


def _about(asked: Subject, desk: Desk) -> AtInstant:
    return AtInstant(claim=_claim(asked, desk), as_of=asked.as_of)


def _claim(asked: Subject, desk: Desk) -> Claim:
    """The claim that the arguments mean, counted by the edition that they ask for.

    Raises:
        InvalidDocument: none or more than one is meant, or it cannot be read.
        UnknownName: the server keeps no claim of this id.
    """
    claim = _meant(asked, desk)
    return claim if asked.edition is None else under(claim, asked.edition)


def _meant(asked: Subject, desk: Desk) -> Claim:
    if sum(value is not None for value in (asked.claim_id, asked.path, asked.facts)) != 1:
        raise InvalidDocument("arguments", (Fault("", "one_claim", "give one of claim_id, path and facts"),))
    if asked.path is not None:
        return _claim_at(asked.path, desk.root)
    if asked.facts is not None:
        return _opened(asked.facts)
    if desk.claims is None:
        words = "this server keeps no claims: give path or facts"
        raise InvalidDocument("arguments", (Fault("claim_id", "no_claims", words),))
    return desk.claims.get(asked.claim_id or "").claim


def _claim_at(path: str, root: Path | None) -> Claim:
    """The claim in a file under the server's folder; neither `..` nor a link leads out of it."""
    place = None
    if root is not None:
        place = (root / path).resolve()
        place = place if place.is_relative_to(root) and place.is_file() else None
    if place is None:
        words = "there is no such file under the server's folder" if root else "the server was started without --root"
        raise InvalidDocument("arguments", (Fault("path", "no_such_file", words),))
    with place.open("rb") as stream:
        data = stream.read(MAX_JSON + 1)
    if len(data) > MAX_JSON:
        raise InvalidDocument(place.name, (Fault("", "too_large", "it is too large"),))
    return read_claim(parse_json(data, what=place.name), what=place.name)


def _order(facts: Facts) -> Order:
    order = facts.model_dump(include={"order_id", "marketplace", "placed_at", "deliver_by", "first_contact_at"})
    return read_document(Order, {**order, "delivered_at": facts.delivered_at}, what="facts")


def _opened(facts: Facts) -> Claim:
    if facts.filed_at is None:
        words = "a claim needs the instant at which it was filed; without it only filing_window can be asked"
        raise InvalidDocument("facts", (Fault("filed_at", "missing", words),))
    return open_claim(
        _order(facts), reason=facts.reason, filed_at=facts.filed_at, amount=facts.amount, edition=DEFAULT_EDITION
    )


def _said(asked: Subject, whole: Record, parts: Iterable[Part]) -> str:
    if not asked.full:
        return fitted(parts)
    text = whole.model_dump_json()
    if len(text) > MOST_CHARACTERS:
        words = f"the whole answer has {len(text)} characters; ask for the short one, or use the command line"
        raise InvalidDocument("arguments", (Fault("full", "too_large", words),))
    return text

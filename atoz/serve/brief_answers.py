"""Short answers for assistants: what counts first, at most two kilobytes, every date with its edition and its source.

An assistant only has to explain what stands here. Nothing that a buyer or a mail said is repeated: such text could
instruct the reader.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from atoz.errors import Refusal
from atoz.messages.findings import Finding
from atoz.model.record import is_sequence
from atoz.model.text import Language
from atoz.planner.plan import Plan, PlannedAction
from atoz.planner.prevention import PreventionPlan, PreventiveStep
from atoz.planner.step_status import ActionState
from atoz.rulebook.deadline_basis import deadline_rule
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.deadlines import Deadline
from atoz.rulebook.edition import Edition
from atoz.rulebook.explanation import Explanation, Step
from atoz.rulebook.filing_window import FilingWindow
from atoz.rulebook.parameter import Parameter
from atoz.serve.documents import DeadlinesAnswer, ExplainAnswer, MessageAnswer, OptionsAnswer, WindowAnswer

LIMIT = 2048
"""The most bytes of a short answer."""

Part = tuple[str, object]
"""A member of the answer: its name, and what JSON can hold; a list loses its last items where the room ends."""


def fitted(parts: Iterable[Part]) -> str:
    """The members as JSON, as many as there is room for, in their order; what was left out is named.

    >>> fitted([("first", 1), ("long", "x" * 3000), ("list", ["y" * 900] * 3)])[-34:]
    '"left_out": ["long", "1 of list"]}'
    """
    answer: dict[str, object] = {}
    left_out: list[str] = []
    room = LIMIT - len(json.dumps({"left_out": ["x" * 20] * 6}))
    for name, value in parts:
        if _size({**answer, name: value}) <= room:
            answer[name] = value
        elif is_sequence(value):
            kept = [*value]
            while kept and _size({**answer, name: kept}) > room:
                kept.pop()
            answer |= {name: kept} if kept else {}
            left_out.append(f"{len(value) - len(kept)} of {name}")
        else:
            left_out.append(name)
    if left_out:
        answer["left_out"] = left_out
    return json.dumps(answer, ensure_ascii=False)


def _size(value: object) -> int:
    return len(json.dumps(value, ensure_ascii=False).encode())


def plan_parts(plan: Plan, language: Language) -> Iterator[Part]:
    """A plan: by when to act, what to do now, the deadlines, what comes later, what not to do."""
    yield "order_id", plan.order_id
    yield "status", plan.status.value
    yield "attention", plan.attention.value
    yield "as_of", _text(plan.as_of)
    yield "act_by", _text(plan.act_by)
    yield "edition", plan.edition
    yield "in_force", list(plan.in_force)
    yield "policy", plan.policy
    yield "now", [_action(action, language) for action in plan.now]
    yield "deadlines", [_deadline(row) for row in plan.deadlines if row.running]
    later = [action for action in plan.actions if action.state is ActionState.LATER]
    yield "later", [_action(action, language) for action in later]
    yield "do_not", [row.what.say(language) for row in plan.do_not]
    yield "next_clocks", [row.says.say(language) for row in plan.next_clocks]
    yield "look_again_at", _text(plan.look_again_at)


def window_parts(answer: WindowAnswer, language: Language) -> Iterator[Part]:
    """A filing window: the verdict, the window, and what else is in force."""
    yield "on", _text(answer.on)
    yield "verdict", answer.verdict.value
    yield "days_left", answer.days_left
    yield "window", _window(answer.window)
    yield "in_force", [_window(window) for window in answer.in_force]
    yield "caveats", [caveat.say(language) for caveat in answer.window.explain().caveats]


def deadlines_parts(answer: DeadlinesAnswer, _: Language) -> Iterator[Part]:
    """Every deadline."""
    yield "order_id", answer.order_id
    yield "as_of", _text(answer.as_of)
    yield "edition", answer.edition
    yield "deadlines", [_deadline(row) for row in answer.deadlines]


def prevention_parts(plan: PreventionPlan, language: Language) -> Iterator[Part]:
    """An order without a claim: what to do now, and when the buyer may file."""
    yield "order_id", plan.order_id
    yield "as_of", _text(plan.as_of)
    yield "act_by", _text(plan.act_by)
    yield "in_force", list(plan.in_force)
    yield "now", [_step_to_take(step, language) for step in plan.now]
    yield "can_file_now", plan.can_file_now.value
    yield "can_file_from", _text(plan.can_file_from)
    yield "closes", _text(plan.closes)
    yield "windows", [{"reason": window.reason.value, **_window(window)} for window in plan.windows]
    yield "notes", [row.say(language) for row in plan.notes]
    yield "look_again_at", _text(plan.look_again_at)


def options_parts(answer: OptionsAnswer, _: Language) -> Iterator[Part]:
    """What may happen now, and why the rest may not."""
    yield "order_id", answer.order_id
    yield "at", _text(answer.at)
    yield "possible", [kind for kind, why in answer.options.items() if why is None]
    yield "refused", {kind: _refusal(why) for kind, why in answer.options.items() if why is not None}


def message_parts(answer: MessageAnswer, language: Language) -> Iterator[Part]:
    """The findings, by their place in the text; the words themselves are not repeated."""
    yield "findings", [_finding(finding, language) for finding in answer.findings]
    if not answer.findings:
        yield "note", "nothing was found; that is no promise that the message is right"


def explanation_parts(answer: ExplainAnswer, about: str | None, language: Language) -> Iterator[Part]:
    """How one date was counted: `window`, or the name of a deadline; unless it is named, what is due first."""
    rows = {row.name: row.explanation for row in answer.deadlines} | {"window": answer.window}
    first = min((row for row in answer.deadlines if row.due_at), key=lambda row: str(row.due_at), default=None)
    name = about if about in rows else first.name if first else "window"
    yield "order_id", answer.order_id
    yield "as_of", _text(answer.as_of)
    yield "about", name
    yield "edition", rows[name].edition
    yield from _explanation(rows[name], language)
    yield "others", [other for other in rows if other != name]


def _explanation(explanation: Explanation, language: Language) -> Iterator[Part]:
    yield "steps", [_step(step, language) for step in explanation.steps]
    yield "caveats", [caveat.say(language) for caveat in explanation.caveats]


def _step(step: Step, language: Language) -> dict[str, object]:
    cited = {"source": step.source.short(language), "address": step.source.address} if step.source else {}
    return {"says": step.says.say(language), **cited, "confidence": step.confidence.value}


def _step_to_take(step: PreventiveStep, language: Language) -> dict[str, object]:
    return {
        "step": step.step.value,
        "due_at": _text(step.by),
        "overdue": step.overdue,
        "why": step.why.say(language),
        "edition": step.edition,
        "source": step.source.short(language),
        "confidence": step.confidence.value,
    }


def _action(action: PlannedAction, language: Language) -> dict[str, object]:
    return {
        "action": action.action.value,
        "from": _text(action.at),
        "due_at": _text(action.due_at),
        "overdue": action.overdue,
        "why": action.why.say(language),
        "source": action.source.short(language),
        "confidence": action.confidence.value,
    }


def _rule(edition: str, name: DeadlineName) -> Parameter | None:
    return deadline_rule(Edition.named(edition), name)


def _deadline(row: Deadline) -> dict[str, object]:
    rule = _rule(row.edition, row.name)
    readings = [
        {
            "edition": reading.edition,
            "due_at": _text(reading.due_at),
            "kind": reading.kind.value,
            "source": figure.source.short() if (figure := _rule(reading.edition, row.name)) else None,
            "confidence": figure.confidence.value if figure else None,
        }
        for reading in row.readings[1:]
        if reading.due_at
    ]
    cited = {"source": rule.source.short(), "confidence": rule.confidence.value} if rule else {}
    return {
        "name": row.name.value,
        "state": row.state.value,
        "due_at": _text(row.due_at),
        "act_by": _text(row.act_by),
        "edition": row.edition,
        **cited,
        **({"other_readings": readings} if readings else {}),
    }


def _window(window: FilingWindow) -> dict[str, object]:
    sources = {step.source.short(): step.confidence.value for step in window.derivation if step.source}
    return {
        "edition": window.edition,
        "opens": _text(window.opens),
        "closes": _text(window.closes),
        "opens_no_earlier": _text(window.opens_no_earlier),
        "opens_no_later": _text(window.opens_no_later),
        "missing": list(window.missing),
        "sources": sources,
    }


def _refusal(why: Refusal) -> dict[str, object]:
    return {"code": why.code, "from": _text(why.possible_from), "until": _text(why.possible_until)}


def _finding(finding: Finding, language: Language) -> dict[str, object]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "start": finding.start,
        "end": finding.end,
        "why": finding.why.say(language),
        "source": finding.source.short(language),
        "confidence": finding.confidence.value,
    }


def _text(moment: date | datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()

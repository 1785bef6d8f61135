"""The lifecycle as a picture or a table, drawn from the transition table."""

from typing import Literal

from atoz.errors import UnknownName
from atoz.lifecycle.transition_table import TABLE, Row, is_final
from atoz.model.claim import Claim
from atoz.model.status import ClaimStatus
from atoz.model.text import Language, phrases

DiagramForm = Literal["mermaid", "dot", "markdown"]
"""The forms that `diagram` draws."""


def diagram(form: DiagramForm = "mermaid", *, claim: Claim | None = None, language: Language = "en") -> str:
    """The state machine as a Mermaid diagram, a Graphviz graph or a Markdown table.

    With a claim, its status is highlighted (in the table: in bold).

    >>> diagram("markdown").splitlines()[2]
    '| – | filed | under_review | the buyer files the claim | |'

    Raises:
        UnknownName: there is no such form.
    """
    current = claim.status if claim is not None else None
    forms = {"mermaid": _mermaid, "dot": _dot, "markdown": _markdown}
    if form not in forms:
        raise UnknownName("diagram form", form, tuple(forms))
    return forms[form](current, language)


def _label(row: Row, language: Language) -> str:
    return f"{row.event} [{row.guard.says.say(language)}]" if row.guard else row.event


def _mermaid(current: ClaimStatus | None, language: Language) -> str:
    names = [f'    state "{status.label(language)}" as {status}' for status in ClaimStatus]
    edges = [f"    {row.source or '[*]'} --> {row.target} : {_label(row, language)}" for row in TABLE]
    ends = [f"    {status} --> [*]" for status in ClaimStatus if is_final(status)]
    mark = (
        ["    classDef current fill:#ffd54f,color:#000,stroke:#000", f"    class {current} current"] if current else []
    )
    return "\n".join(["stateDiagram-v2", *names, *edges, *ends, *mark])


def _dot(current: ClaimStatus | None, language: Language) -> str:
    names = [
        f'  {status} [label="{status.label(language)}"'
        + (", peripheries=2" if is_final(status) else "")
        + (', style="filled,rounded", fillcolor="#ffd54f"]' if status is current else "]")
        for status in ClaimStatus
    ]
    edges = [f'  {row.source or "start"} -> {row.target} [label="{_label(row, language)}"]' for row in TABLE]
    head = ["digraph claim {", "  rankdir=LR", '  node [shape=box, style="rounded"]', '  start [shape=point, label=""]']
    return "\n".join([*head, *names, *edges, "}"])


def _markdown(current: ClaimStatus | None, language: Language) -> str:
    columns = ("from", "event", "to", "meaning", "only_if")
    heads = tuple(phrases("atoz.lifecycle")[f"column_{code}"].say(language) for code in columns)
    rows = [
        (
            _bold(row.source, current) if row.source else "–",
            row.event,
            _bold(row.target, current),
            row.meaning.say(language),
            row.guard.says.say(language) if row.guard else "",
        )
        for row in TABLE
    ]
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join("| " + " | ".join(cells).rstrip() + " |" for cells in lines)


def _bold(status: ClaimStatus, current: ClaimStatus | None) -> str:
    return f"**{status}**" if status is current else status.value

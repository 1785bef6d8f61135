"""Diagrams are the table, drawn: every row and nothing else, in three forms and two languages."""

import re

import pytest

from atoz.errors import UnknownName
from atoz.lifecycle.diagram import diagram
from atoz.lifecycle.transition_table import TABLE, is_final
from atoz.model import events
from atoz.model.claim import Claim
from atoz.model.order import Order
from atoz.model.status import ClaimStatus
from atoz.model.text import Language

EDGES = {(row.source.value if row.source else None, row.event, row.target.value) for row in TABLE}


def claim(status: ClaimStatus) -> Claim:
    """A claim that was seen in a status."""
    order = Order.model_validate(
        {"order_id": "123-1234567-1234567", "marketplace": "US", "placed_at": "2026-06-01T00:00:00Z"}
    )
    seen = events.Observed.model_validate({"at": "2026-07-01T00:00:00Z", "status": status})
    return Claim.model_validate({"order": order, "reason": "other", "history": (seen,)})


@pytest.mark.parametrize("language", ["en", "zh"])
def test_mermaid_draws_the_table(language: Language) -> None:
    """Every row is an edge, every status a labelled state, every final status ends; no other line."""
    lines = diagram("mermaid", language=language).splitlines()
    assert lines[0] == "stateDiagram-v2"
    found = {
        (None if source == "[*]" else source, label.split()[0], target)
        for source, target, label in (
            m.groups() for m in map(re.compile(r"    (\S+) --> (\w+) : (.+)").fullmatch, lines) if m
        )
    }
    assert found == EDGES
    assert {m[2]: m[1] for m in map(re.compile(r'    state "(.+)" as (\w+)').fullmatch, lines) if m} == {
        status.value: status.label(language) for status in ClaimStatus
    }
    ends = {m[1] for m in map(re.compile(r"    (\w+) --> \[\*\]").fullmatch, lines) if m}
    assert (
        ends == {status.value for status in ClaimStatus if is_final(status)} == {"refunded", "withdrawn", "cancelled"}
    )
    assert len(lines) == 1 + len(TABLE) + len(ClaimStatus) + len(ends)
    assert not any(";" in line or "#" in line for line in lines), "Mermaid would cut a label there"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_dot_draws_the_table(language: Language) -> None:
    """The same edges, finals with two borders."""
    text = diagram("dot", language=language)
    found = {
        (None if source == "start" else source, label.split()[0], target)
        for source, target, label in re.findall(r'  (\w+) -> (\w+) \[label="([^"]+)"\]', text)
    }
    assert found == EDGES
    assert set(re.findall(r"  (\w+) \[label=.*peripheries=2", text)) == {
        status.value for status in ClaimStatus if is_final(status)
    }
    assert text.count("{") == text.count("}") == 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_markdown_lists_the_table(language: Language) -> None:
    """One line per row with meaning and guard; every line has five cells."""
    head, rule, *lines = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in diagram("markdown", language=language).splitlines()
    ]
    assert len(head) == len(rule) == 5
    assert [line[:3] + line[3:4] for line in lines] == [
        [row.source.value if row.source else "–", row.event, row.target.value, row.meaning.say(language)]
        for row in TABLE
    ]
    assert [line[4] if len(line) > 4 else "" for line in lines] == [
        row.guard.says.say(language) if row.guard else "" for row in TABLE
    ]


@pytest.mark.parametrize("status", ClaimStatus)
def test_the_claims_status_is_highlighted(status: ClaimStatus) -> None:
    """Exactly the current status, in each form; without a claim nothing is."""
    assert f"class {status} current" in diagram("mermaid", claim=claim(status)).splitlines()[-1]
    [filled] = [line for line in diagram("dot", claim=claim(status)).splitlines() if "fillcolor" in line]
    assert filled.startswith(f"  {status} ")
    bold = set(re.findall(r"\*\*(\w+)\*\*", diagram("markdown", claim=claim(status))))
    assert bold == {status.value}
    assert all("**" not in diagram(form) and "ffd54f" not in diagram(form) for form in ("mermaid", "dot", "markdown"))


def test_an_unknown_form_is_refused() -> None:
    """A form that there is none of is refused with the ones that there are."""
    with pytest.raises(UnknownName) as caught:
        diagram("svg")  # type: ignore[arg-type]
    assert caught.value.nearest == ("mermaid", "dot", "markdown")

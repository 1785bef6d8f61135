"""Findings and templates on a terminal, drawn with rich."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text as Styled

from atoz.messages.findings import Finding, Severity
from atoz.messages.templates import Template
from atoz.model.text import Language, fill

_STYLE = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.ADVICE: "", Severity.INFO: "dim"}


def findings_view(findings: Sequence[Finding], language: Language) -> RenderableType:
    """Each finding: rule, words concerned, why, and by whose word; or that there are none."""
    lines = [line for finding in findings for line in _finding(finding, language)]
    if all(finding.severity is Severity.INFO for finding in findings):
        lines.append(Styled(_say("none", language)))
    return Group(*lines)


def _finding(finding: Finding, language: Language) -> Iterator[RenderableType]:
    head = Styled(f"{finding.severity.label(language)}  {finding.rule}", style=_STYLE[finding.severity])
    if finding.words:
        words = " ".join(finding.words.split())
        head.append(f"  “{words}”", style="default")
    yield head
    yield Padding(Styled(finding.why.say(language)), (0, 0, 0, 2))
    since = _say("since", language, day=finding.since) if finding.since else ""
    cited = _say(
        "cited",
        language,
        source=finding.source.short(language),
        confidence=finding.confidence.label(language),
        since=since,
    )
    yield Padding(Styled(cited, style="dim"), (0, 0, 0, 2))


def templates_view(templates: Sequence[Template], language: Language) -> RenderableType:
    """Each template: its id, title, when to use it and what it needs."""
    return Group(*(line for template in templates for line in _template(template, language)))


def _template(template: Template, language: Language) -> Iterator[RenderableType]:
    head = Styled(template.id, style="bold")
    head.append(f"  {template.title.say(language)} ({template.kind.label(language)})", style="not bold")
    yield head
    yield Padding(Styled(template.when.say(language)), (0, 0, 0, 2))
    for code, names in (("needs", template.needs), ("takes", template.optional)):
        if names:
            yield Padding(Styled(_say(code, language, names=", ".join(names)), style="dim"), (0, 0, 0, 2))


def _say(code: str, language: Language, **values: object) -> str:
    return fill("atoz.report", f"message_{code}", **values).say(language)

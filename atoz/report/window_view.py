"""Filing windows on a terminal: one with its verdict and how it was counted, or one of each edition side by side."""

from collections.abc import Iterable
from datetime import date
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text as Styled

from atoz.model.text import Language
from atoz.report.clock import Clock
from atoz.report.phrases import say
from atoz.report.terminal import headed_table, zone_line
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.edition import Edition
from atoz.rulebook.edition_comparison import Comparison
from atoz.rulebook.explanation import span_text
from atoz.rulebook.filing_window import FilingWindow, Verdict


def window_view(
    window: FilingWindow,
    on: date,
    language: Language,
    *,
    in_force: Iterable[FilingWindow] = (),
    zone: ZoneInfo | None = None,
    editions: Iterable[Edition] = (),
) -> RenderableType:
    """A filing window, its verdict on a day, and how it was counted; what other rules in force say stands first."""
    parts: list[RenderableType] = [
        Styled(
            say(
                "window_head",
                language,
                order=window.order_id,
                edition=window.edition,
                reason=window.reason.label(language),
            )
        ),
        Styled(say("window_days", language, opens=window.opens or "?", closes=window.closes or "?"), style="bold"),
    ]
    parts.append(Styled(_on(window, on, language)))
    others = [Styled(_in_force(other, on, language), style="yellow") for other in in_force]
    parts = [parts[0], *others, *parts[1:]]
    clock = Clock(window.zone, zone)
    explanation = window.explain(editions=editions).say(language)
    return Group(*parts, Styled(clock.text(explanation), style="dim"), *zone_line(clock, language))


def _in_force(window: FilingWindow, on: date, language: Language) -> str:
    """What a rule in force says of the same order, and how to ask for it."""
    return say(
        "window_in_force",
        language,
        edition=window.edition,
        opens=window.opens or "?",
        closes=window.closes or "?",
        on=on,
        verdict=say(f"verdict_{window.verdict(on)}", language),
    )


def _on(window: FilingWindow, on: date, language: Language) -> str:
    """What a day means: how long until it opens, how much is left, how long it has been closed."""
    verdict, left_over = window.verdict(on), window.days_left(on)
    days = {
        Verdict.NOT_YET: (window.opens - on).days if window.opens else None,
        Verdict.ELIGIBLE: left_over,
        Verdict.EXPIRED: None if left_over is None else -left_over,
        Verdict.UNDETERMINED: None,
    }[verdict]
    label = say(f"verdict_{verdict}", language)
    if days is None:
        return say("on_day", language, day=on, verdict=label)
    return say(f"on_{verdict}", language, day=on, verdict=label, days=days)


def comparison_view(comparison: Comparison, language: Language) -> RenderableType:
    """The same order under every edition that fits."""
    table = headed_table(say(f"column_{code}", language) for code in ("edition", "opens", "closes", "missing"))
    for window in comparison.windows:
        mark = " *" if window.edition in comparison.in_force else ""
        opens = str(window.opens) if window.opens else _bounds(window)
        missing = window.missing_text().say(language)
        table.add_row(f"{window.edition}{mark}", opens, str(window.closes or "?"), missing)
    in_force = say("compared_in_force" if comparison.in_force else "compared_none_in_force", language)
    lines: list[RenderableType] = [table, Styled(in_force, style="dim")]
    if comparison.opens_differ_by is not None:
        lines.append(Styled(say("openings_differ", language, days=comparison.opens_differ_by)))
    if comparison.closes_differ_by is not None:
        lines.append(Styled(say("closings_differ", language, days=comparison.closes_differ_by)))
    return Group(*lines, Styled(""), _compared_deadlines(comparison, language))


def _bounds(window: FilingWindow) -> str:
    """The days between which an opening that is not known surely lies."""
    known = (("≥", window.opens_no_earlier), ("≤", window.opens_no_later))
    return " ".join(["?", *(f"{sign} {day}" for sign, day in known if day)])


def _compared_deadlines(comparison: Comparison, language: Language) -> Table:
    """A row for each deadline that some edition has a figure for, a column for each edition."""
    editions = [window.edition for window in comparison.windows]
    table = headed_table((say("column_deadline", language), *editions), fold=True)
    spans: dict[DeadlineName, dict[str, list[str]]] = {}
    for figure in comparison.deadlines:
        row = spans.setdefault(figure.deadline, {})
        row.setdefault(figure.edition, []).append(span_text(figure.value, figure.unit).say(language))
    for name in DeadlineName:
        if name in spans:
            cells = (" / ".join(dict.fromkeys(spans[name].get(edition, ["–"]))) for edition in editions)
            table.add_row(name.label(language), *cells)
    return table

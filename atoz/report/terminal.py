"""Findings on a terminal, drawn with rich; plain text when it is piped."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from operator import attrgetter
from zoneinfo import ZoneInfo

from rich.cells import cell_len, set_cell_size
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text as Styled

from atoz.lifecycle.attention import Attention
from atoz.model.claim import StruckOut
from atoz.model.marketplace import Marketplace
from atoz.model.status import ClaimStatus
from atoz.model.text import Language
from atoz.planner.actions import Action
from atoz.planner.plan import Plan, PlannedAction
from atoz.planner.prevention import OrderRow
from atoz.planner.step_status import ActionState
from atoz.planner.worklist import WorklistRow
from atoz.report.clock import Clock
from atoz.report.phrases import left, say
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.deadlines import Deadline, DeadlineState
from atoz.rulebook.edition import Edition
from atoz.rulebook.edition_comparison import Comparison
from atoz.rulebook.explanation import span_text
from atoz.rulebook.filing_window import FilingWindow, Verdict

_UTC = ZoneInfo("UTC")
_BRACKETS = len(" (2016-06-23 00:00 CST)")
"""Columns that an instant in a second zone takes."""
_STATE_STYLE = {ActionState.NOW: "bold", ActionState.LATER: "", ActionState.DONE: "green", ActionState.MISSED: "red"}


def plan_view(
    plan: Plan, language: Language, *, struck_out: Iterable[StruckOut] = (), zone: ZoneInfo | None = None
) -> RenderableType:
    """A plan: where the claim stands, what to do, what not to do, every deadline, what was struck out.

    With a `zone` every instant stands in it beside the marketplace's.
    """
    clock = Clock(plan.window.zone, zone)
    head = Styled(
        say(
            "plan_head",
            language,
            order=plan.order_id,
            status=plan.status.label(language),
            attention=plan.attention.label(language),
        )
    )
    about = Styled(
        say("plan_about", language, as_of=clock.at(plan.as_of), policy=plan.policy, edition=plan.edition),
        style="dim",
    )
    parts: list[RenderableType] = [head, about]
    if plan.act_by is not None:
        parts.append(Styled(say("act_by", language, at=clock.at(plan.act_by)), style="bold"))
    parts += [Styled(f"! {clock.text(note.say(language))}", style="yellow") for note in plan.notes]
    parts += [Styled(), *_actions(plan, clock, language)]
    if plan.do_not:
        parts += [Styled(), Styled(say("do_not", language), style="bold")]
        parts += [Styled(f"  ✗ {warning.what.say(language)} {warning.why.say(language)}") for warning in plan.do_not]
    parts += [Styled(), _deadline_table(plan, clock, language), Styled(_window_line(plan, language))]
    parts.append(Styled(say("odr_line", language, counts=say(f"known_{plan.odr.counts}", language), why=plan.odr.why)))
    parts += [_struck_out(struck, clock, language) for struck in struck_out]
    again = plan.look_again_at
    parts.append(Styled(say("look_again", language, at=clock.at(again)) if again else say("no_look", language)))
    parts += _own_zone(clock, language)
    return Group(*parts)


def _own_zone(clock: Clock, language: Language) -> list[RenderableType]:
    """What the times in brackets are."""
    return [Styled(say("own_zone", language, zone=clock.own.key), style="dim")] if clock.own else []


def _struck_out(struck: StruckOut, clock: Clock, language: Language) -> Styled:
    what = say(f"event_{struck.event.kind}", language)
    line = Styled(say("struck_out", language, what=what), style="strike")
    return line.append(f" ({clock.at(struck.event.at)}): {struck.reason}", style="not strike")


def _actions(plan: Plan, clock: Clock, language: Language) -> Iterable[RenderableType]:
    if not plan.actions:
        yield Styled(say("nothing_to_do", language))
    indent = _longest(ActionState, language) + 1
    for action in plan.actions:
        state = set_cell_size(action.state.label(language), indent)
        line = Styled(state, style=_STATE_STYLE[action.state])
        line.append(f"{action.action.label(language)}  ({action.step})")
        line.append(_times(action, clock, language))
        yield line
        why = Styled(f"{action.why.say(language)} [{action.source.short(language)}]", style="dim")
        yield Padding(why, (0, 0, 0, indent), expand=False)


def _times(action: PlannedAction, clock: Clock, language: Language) -> str:
    parts: list[str] = []
    if action.at and action.state in (ActionState.LATER, ActionState.DONE):
        code = "from_at" if action.state is ActionState.LATER else "done_at"
        parts.append(say(code, language, at=clock.at(action.at)))
    if action.due_at and action.state is not ActionState.DONE:
        parts.append(say("overdue_since" if action.overdue else "due_at", language, at=clock.at(action.due_at)))
    if action.waits_for:
        parts.append(say("waits_for", language, steps=", ".join(action.waits_for)))
    return "".join(f"; {part}" for part in parts)


def _deadline_table(plan: Plan, clock: Clock, language: Language) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for code in ("deadline", "state", "due", "left", "silence"):
        table.add_column(say(f"column_{code}", language), header_style="dim", overflow="fold")
    as_of = plan.as_of
    for deadline in filter(attrgetter("applies"), plan.deadlines):
        state = deadline.effective_state or deadline.state
        running = state in (DeadlineState.OPEN, DeadlineState.UNDETERMINED)
        due_at = deadline.act_by or deadline.due_at
        table.add_row(
            deadline.name.label(language),
            say(f"deadline_{state}", language),
            clock.at(due_at) if due_at else "–",
            left(due_at - as_of if due_at else None, language) if running and not (due_at and due_at < as_of) else "",
            clock.text(_silence(deadline, language)) if running else "",
        )
    return table


def _silence(deadline: Deadline, language: Language) -> str:
    """What silence costs; for a deadline that cannot be determined, why not."""
    if deadline.state is DeadlineState.UNDETERMINED:
        return deadline.steps[-1].says.say(language)
    return deadline.on_expiry.says.say(language) if deadline.on_expiry else ""


def _window_line(plan: Plan, language: Language) -> str:
    window = plan.window
    verdict = say(f"verdict_{plan.window_verdict}", language)
    days = {"opens": window.opens or "?", "closes": window.closes or "?"}
    return say("window_line", language, edition=window.edition, verdict=verdict, **days)


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
    return Group(*parts, Styled(clock.text(explanation), style="dim"), *_own_zone(clock, language))


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
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for code in ("edition", "opens", "closes", "missing"):
        table.add_column(say(f"column_{code}", language), header_style="dim")
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
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for head in (say("column_deadline", language), *editions):
        table.add_column(head, header_style="dim", overflow="fold")
    spans: dict[DeadlineName, dict[str, list[str]]] = {}
    for figure in comparison.deadlines:
        row = spans.setdefault(figure.deadline, {})
        row.setdefault(figure.edition, []).append(span_text(figure.value, figure.unit).say(language))
    for name in DeadlineName:
        if name in spans:
            cells = (" / ".join(dict.fromkeys(spans[name].get(edition, ["–"]))) for edition in editions)
            table.add_row(name.label(language), *cells)
    return table


def worklist_lines(
    rows: Iterable[WorklistRow | OrderRow],
    language: Language,
    width: int | None = None,
    *,
    zone: ZoneInfo | None = None,
) -> Iterator[str]:
    """Many claims, and orders without one, a line each.

    Columns are as wide as their longest label, so that no row has to wait for another. Where a line is wider than the
    screen, each row gets a few short lines: nothing is cut. Instants are in UTC; with a `zone` they stand on the
    marketplace's clock, and in the zone beside it.
    """
    columns = ("order", "attention", "action", "due", "ends", "amount", "status", "rules")
    heads = [say(f"column_{code}", language) for code in columns]
    widths = (
        19,
        *(_longest(kind, language) for kind in (Attention, Action)),
        22 + _BRACKETS * (zone is not None),
        20 + _BRACKETS * (zone is not None),
        14,
        _longest(ClaimStatus, language),
        0,
    )
    narrow = width is not None and width < sum(widths) + 2 * len(widths) + _RULES
    if not narrow:
        yield _padded(heads, widths)
    for row in rows:
        clock = Clock(Marketplace.of(row.marketplace).zoneinfo if zone else _UTC, zone)
        cells = (
            row.order_id,
            row.attention.label(language) if not isinstance(row, OrderRow) or row.step else "–",
            *_what_and_when(row, clock, language),
            *_where_it_stands(row, language),
            say("plan_by", language, policy=row.policy, edition=row.edition) if isinstance(row, WorklistRow) else "–",
        )
        if narrow:
            yield f"{cells[0]}  {cells[1]}"
            yield from (f"  {head}: {cell}" for head, cell in list(zip(heads, cells, strict=True))[2:] if cell != "–")
        else:
            yield _padded(cells, widths)
    if zone is not None:
        yield say("own_zone", language, zone=zone.key)


def _what_and_when(row: WorklistRow | OrderRow, clock: Clock, language: Language) -> tuple[str, str, str]:
    """What to do, by when, and when the deadline ends; before a claim these two are one."""
    what, ends = (row.step, row.due_at) if isinstance(row, OrderRow) else (row.action, row.deadline_at)
    return (
        what.label(language) if what else "–",
        (clock.at(row.due_at) if row.due_at else "–") + (" !" if row.overdue else ""),
        clock.at(ends) if ends else "–",
    )


def _where_it_stands(row: WorklistRow | OrderRow, language: Language) -> tuple[str, str]:
    """The amount at risk and the status; an order without a claim says when the buyer may file."""
    if isinstance(row, OrderRow):
        opens = row.can_file_from or "?"
        return "–", say(f"no_claim_{row.can_file_now}", language, opens=opens)
    return str(row.at_risk) if row.at_risk else "–", row.status.label(language) + ("" if row.policy_fits else " *")


_RULES = 36
"""The columns that the policy and the edition of a row take."""


def _longest(labels: Iterable[Attention | Action | ClaimStatus | ActionState], language: Language) -> int:
    """The columns that the longest label takes; a Chinese character takes two."""
    return max(cell_len(member.label(language)) for member in labels)


def _padded(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Cells side by side; Chinese characters are two columns wide."""
    return "  ".join(
        set_cell_size(cell, max(cell_len(cell), width)) for cell, width in zip(cells, widths, strict=True)
    ).rstrip()


def editions_view(editions: Iterable[Edition], language: Language) -> RenderableType:
    """Every edition, a line each."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for code in ("edition", "title", "marketplaces", "in_force"):
        table.add_column(say(f"column_{code}", language), header_style="dim", overflow="fold")
    for edition in editions:
        places = ", ".join(edition.marketplaces) or say("any_place", language)
        span = edition.in_force
        days = f"{span.first} – {span.last or ''}" if span else _undated(edition, language)
        table.add_row(edition.id, edition.title.say(language), places, days)
    return table


def _undated(edition: Edition, language: Language) -> str:
    """An edition without dates of its own: since when it counts as in force, or that it is used by naming it."""
    return say("seen_from", language, day=edition.seen_from) if edition.seen_from else say("undated", language)

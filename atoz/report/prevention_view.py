"""An order without a claim on a terminal: what to do now, by which rule, and when the buyer may file."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text as Styled

from atoz.model.marketplace import Marketplace
from atoz.model.text import Language
from atoz.planner.prevention import PreventionPlan, PreventiveStep
from atoz.report.clock import Clock, minute_after
from atoz.report.phrases import say
from atoz.report.terminal import headed_table, zone_line


def prevention_view(plan: PreventionPlan, language: Language, *, zone: ZoneInfo | None = None) -> RenderableType:
    """What an order asks of the seller now, then its windows; with a `zone` instants stand in it, too."""
    clock = Clock(Marketplace.of(plan.marketplace).zoneinfo, zone)
    head = say("prevention_head", language, order=plan.order_id, as_of=clock.at(plan.as_of))
    parts: list[RenderableType] = [Styled(head)]
    parts += [Styled(f"! {clock.text(note.say(language))}", style="yellow") for note in plan.notes]
    for step in plan.now:
        parts += _step(step, clock, language)
    if not plan.now:
        parts.append(Styled(say("prevention_nothing", language)))
    parts += [Styled(""), Styled(say("prevention_file", language)), _windows(plan, language)]
    if plan.look_again_at:
        parts.append(Styled(say("prevention_again", language, at=clock.at(minute_after(plan.look_again_at)))))
    return Group(*parts, *zone_line(clock, language))


def _step(step: PreventiveStep, clock: Clock, language: Language) -> Iterator[RenderableType]:
    code = "prevention_late" if step.overdue else "prevention_step"
    what = step.step.label(language)
    yield Styled(say(code, language, what=what[:1].upper() + what[1:], by=clock.at(step.by)), style="bold")
    cited = say(
        "prevention_cited",
        language,
        why=step.why.say(language),
        kind=say(f"reading_{step.kind}", language),
        edition=step.edition,
        source=step.source.short(language),
        confidence=step.confidence.label(language),
    )
    yield Padding(Styled(cited, style="dim"), (0, 0, 0, 7))
    for reading in step.readings:
        if reading.due_at is None or not reading.runs or reading.due_at == step.by:
            continue
        kind = say(f"reading_{reading.kind}", language)
        other = say("prevention_reading", language, edition=reading.edition, due=clock.at(reading.due_at), kind=kind)
        yield Padding(Styled(other, style="dim"), (0, 0, 0, 7))


def _windows(plan: PreventionPlan, language: Language) -> Table:
    table = headed_table(
        say(f"column_{code}", language) for code in ("reason", "opens", "closes", "edition", "missing")
    )
    for window in plan.windows:
        opens = str(window.opens) if window.opens else "?"
        closes = str(window.closes) if window.closes else "?"
        missing = window.missing_text().say(language)
        table.add_row(window.reason.label(language), opens, closes, window.edition, missing)
    return table

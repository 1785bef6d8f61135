"""A plan on a terminal: where the claim stands, what to do, what not to do, every deadline."""

from collections.abc import Iterable
from operator import attrgetter
from zoneinfo import ZoneInfo

from rich.cells import set_cell_size
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text as Styled

from atoz.lifecycle.attention import Attention
from atoz.model.claim import StruckOut
from atoz.model.text import Language
from atoz.planner.plan import Plan, PlannedAction
from atoz.planner.step_status import ActionState
from atoz.planner.timeliness import Timeliness
from atoz.report.clock import Clock, minute_after
from atoz.report.phrases import left, say
from atoz.report.terminal import headed_table, zone_line
from atoz.report.worklist_lines import longest_label
from atoz.rulebook.contradictions import sentences_of
from atoz.rulebook.deadlines import Deadline, DeadlineState

_STATE_STYLE = {ActionState.NOW: "bold", ActionState.LATER: "", ActionState.DONE: "green", ActionState.MISSED: "dim"}


def plan_view(
    plan: Plan, language: Language, *, struck_out: Iterable[StruckOut] = (), zone: ZoneInfo | None = None
) -> RenderableType:
    """A plan: where the claim stands, what to do and not to do, every deadline, where sources disagree, what is struck.

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
    late = plan.timeliness is Timeliness.LATE or (
        plan.timeliness is Timeliness.LOST and plan.attention is not Attention.DONE
    )
    head.append(f" ({plan.timeliness.label(language)})", style="red" if late else "")
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
    for says in sentences_of(plan.contradictions):
        parts.append(Styled(say("sources_disagree", language, says=says), style="dim"))
    parts += [_struck_out(struck, clock, language) for struck in struck_out]
    parts += [Styled(to_come.says.say(language)) for to_come in plan.next_clocks]
    if not plan.next_clocks:
        parts.append(Styled(say("no_next_clock", language)))
    again = plan.look_again_at
    again_line = say("look_again", language, at=clock.at(minute_after(again))) if again else say("no_look", language)
    parts.append(Styled(again_line))
    parts += zone_line(clock, language)
    return Group(*parts)


def _struck_out(struck: StruckOut, clock: Clock, language: Language) -> Styled:
    what = say(f"event_{struck.event.kind}", language)
    line = Styled(say("struck_out", language, what=what), style="strike")
    return line.append(f" ({clock.at(struck.event.at)}): {struck.reason}", style="not strike")


def _actions(plan: Plan, clock: Clock, language: Language) -> Iterable[RenderableType]:
    if not plan.actions:
        yield Styled(say("nothing_to_do", language))
    indent = longest_label(ActionState, language) + 1
    for action in plan.actions:
        state = set_cell_size(action.state.label(language), indent)
        over = plan.attention is Attention.DONE  # what was missed changes nothing any more: that is history, not red
        line = Styled(state, style="dim" if over and action.state is ActionState.MISSED else _STATE_STYLE[action.state])
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
    heads = (say(f"column_{code}", language) for code in ("deadline", "state", "due", "left", "silence"))
    table = headed_table(heads, fold=True)
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

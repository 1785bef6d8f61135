"""Coverage: what of a policy, of the table and of the invariants an exploration has reached, and what it has not."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from pydantic import Field

from atoz.lifecycle.refund_bearer import protected_order
from atoz.lifecycle.transition_table import ROWS, TRIGGERS
from atoz.model.record import Record
from atoz.model.status import ClaimStatus
from atoz.model.text import Language, fill, phrases
from atoz.planner.actions import COMPLETED_BY, Action, is_message
from atoz.planner.claim_facts import ClaimFacts
from atoz.planner.policy import Policy
from atoz.rulebook.duties import MANDATORY
from atoz.testing.explorer.relevance import entries
from atoz.testing.invariants import Moment


class Reached(NamedTuple):
    """What the states of a search have reached."""

    steps: frozenset[str]
    """Steps that were to be taken now."""
    warnings: frozenset[str]
    conditions: frozenset[tuple[str, str]]
    """Entries of the policy, each with a condition of its own that held."""
    invariants: frozenset[str]
    """Invariants that had something to judge."""
    transitions: frozenset[tuple[str, str]]
    """Statuses, each with the kind of an event that was taken from it."""


SUBJECTS: dict[str, Callable[[Moment], bool]] = {
    "no_deadline_missed": lambda moment: any(row.name in MANDATORY and row.due_at for row in moment.plan.deadlines),
    "no_refused_step": lambda moment: any(
        (done := COMPLETED_BY[action.action]) is not None and done.kind in TRIGGERS for action in moment.plan.now
    ),
    "messages_keep_apart": lambda moment: (
        any(is_message(action.action) for action in moment.plan.now)
        and any(event.kind == "seller_messaged" for event in moment.claim.history)
    ),
    "nothing_once_settled": lambda moment: (
        moment.claim.status is not ClaimStatus.UNDER_REVIEW
        and any(action.action is not Action.WAIT for action in moment.plan.now)
    ),
    "always_something_to_do": lambda moment: moment.plan.attention != "done",
    "every_status_has_a_plan": lambda moment: any(row.running for row in moment.plan.deadlines),
    "protected_never_refunded": lambda moment: (
        protected_order(moment.claim) and any(step.action is Action.REFUND_BUYER for step in moment.policy.steps)
    ),
}
"""When an invariant has something to judge; one of your own counts as judging at every moment."""


def _always(_: Moment) -> bool:
    return True


class Recorder:
    """What is reached, as a search goes on."""

    def __init__(self, policy: Policy, invariants: Iterable[str]) -> None:
        self._open = {(entry.id, row.name): row for entry in entries(policy) for row in entry.row.when.named()}
        self._subjects = {name: SUBJECTS.get(name, _always) for name in invariants}
        self.steps: set[str] = set()
        self.warnings: set[str] = set()
        self.conditions: set[tuple[str, str]] = set()
        self.invariants: set[str] = set()
        self.transitions: set[tuple[str, str]] = set()

    def see(self, moment: Moment, facts: ClaimFacts) -> None:
        """Note what a moment reaches; `facts` are those of its plan."""
        self.steps.update(action.step for action in moment.plan.now)
        self.warnings.update(entry.id for entry in moment.plan.do_not)
        for name in [name for name in self._subjects if self._subjects[name](moment)]:
            self.invariants.add(name)
            del self._subjects[name]
        for place, (name, condition, asked) in tuple(self._open.items()):
            if condition.holds(asked, facts):
                self.conditions.add((place[0], name))
                del self._open[place]

    def reached(self) -> Reached:
        """Everything so far."""
        return Reached(
            frozenset(self.steps),
            frozenset(self.warnings),
            frozenset(self.conditions),
            frozenset(self.invariants),
            frozenset(self.transitions),
        )


class Coverage(Record):
    """What an exploration reached of a policy, and what it did not."""

    steps_never_due: tuple[str, ...] = Field(description="Steps that were never to be taken now.")
    warnings_never_shown: tuple[str, ...] = Field(description="Entries of what not to do that no plan showed.")
    conditions_never_true: tuple[str, ...] = Field(description="Conditions that held in no state: entry.condition.")
    invariants_vacuous: tuple[str, ...] = Field(description="Invariants that had nothing to judge.")
    transitions_never_taken: tuple[str, ...] = Field(description="Rows of the table never taken: status -> event.")
    percent: float = Field(description="The share of steps and warnings that were reached, in percent.")
    needs: tuple[str, ...] = Field(description="What else to explore with, to reach more.")

    def say(self, language: Language = "en") -> str:
        """A line for each kind of thing that was not reached."""
        names = ("steps_never_due", "warnings_never_shown", "conditions_never_true", "invariants_vacuous")
        rows = {name: getattr(self, name) for name in (*names, "transitions_never_taken")}
        lines = [fill("atoz.testing", "coverage", percent=f"{self.percent:.0f}").say(language)]
        for name, missing in (*rows.items(), *((need, ()) for need in self.needs)):
            if missing or name in self.needs:
                words = phrases("atoz.testing")[f"coverage_{name}"].say(language)
                lines.append(f"- {words}{': ' if missing else ''}{', '.join(missing)}")
        return "\n".join(lines)


def coverage(
    policy: Policy, invariants: Iterable[str], reached: Iterable[Reached], *, deep: bool, every_seller: bool
) -> Coverage:
    """What several searches reached together; `deep` if no story was cut short, `every_seller` if some forget."""
    searches = list(reached)
    steps = {name for search in searches for name in search.steps}
    warnings = {name for search in searches for name in search.warnings}
    conditions = {pair for search in searches for pair in search.conditions}
    judged = {name for search in searches for name in search.invariants}
    taken = {pair for search in searches for pair in search.transitions}
    never_due = tuple(step.id for step in policy.steps if step.id not in steps)
    never_shown = tuple(entry.id for entry in policy.avoid if entry.id not in warnings)
    total = len(policy.steps) + len(policy.avoid)
    transitions = tuple(f"{status} -> {kind}" for status, kind in ROWS if (status.value, kind) not in taken)
    missing = bool(never_due or never_shown)
    return Coverage(
        steps_never_due=never_due,
        warnings_never_shown=never_shown,
        conditions_never_true=tuple(
            f"{entry.id}.{row.name}"
            for entry in entries(policy)
            for row in entry.row.when.named()
            if (entry.id, row.name) not in conditions
        ),
        invariants_vacuous=tuple(name for name in invariants if name not in judged),
        transitions_never_taken=transitions,
        percent=100 * (total - len(never_due) - len(never_shown)) / total,
        needs=("deeper",) * (missing and not deep) + ("forgetful_sellers",) * (missing and not every_seller),
    )

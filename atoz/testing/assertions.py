"""Assertions whose failure can be read: the plan beside what was expected, or the story that breaks an invariant."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from atoz.lifecycle.operations import options
from atoz.model.claim import Claim
from atoz.model.status import ClaimStatus
from atoz.planner.plan import Plan, plan
from atoz.planner.policy import Policy
from atoz.planner.policy_choice import chosen_policy
from atoz.planner.step_status import ActionState
from atoz.testing.explorer.exploration import explore
from atoz.testing.invariants import Invariant, Moment, words_of
from atoz.testing.simulation import Simulation
from atoz.testing.trace import Story


def assert_plan(
    claim: Claim,
    *,
    as_of: datetime,
    policy: Policy | str | None = None,
    now: Sequence[str] | None = None,
    later: Sequence[str] | None = None,
    done: Sequence[str] | None = None,
    missed: Sequence[str] | None = None,
) -> Plan:
    """Assert which steps a plan has; what is left out is not looked at. Returns the plan.

    Raises:
        AssertionError: the steps differ; the message shows both, and the claim's history.
    """
    made = plan(claim, as_of=as_of, policy=policy)
    wrong: list[str] = []
    expected = {ActionState.NOW: now, ActionState.LATER: later, ActionState.DONE: done, ActionState.MISSED: missed}
    for state, steps in expected.items():
        actual = [action.step for action in made.actions if action.state is state]
        if steps is not None and sorted(steps) != sorted(actual):
            wrong.append(f"{state}: expected {_listed(steps)}; found {_listed(actual)}")
    if wrong:
        story = Story(start=_begun(claim), events=claim.history[1:], at=made.as_of)
        raise AssertionError("\n".join([f"plan by {made.policy} under {made.edition}", *wrong, str(story)]))
    return made


def assert_never(
    invariant: Invariant,
    played: Policy | str | Story | Simulation,
    *,
    policy: Policy | str | None = None,
    depth: int = 4,
) -> None:
    """Assert that nothing an invariant speaks of ever happens: in a policy's every story, one story, or a simulation.

    A story or a simulation is judged under `policy`; a policy is explored to `depth`.

    Raises:
        AssertionError: it happens; the message tells the shortest story.
    """
    if isinstance(played, Story):
        wrong = invariant(played.moment(policy))
        _fail_if(f"{invariant.__name__}: {words_of(wrong).en}\n{played}" if wrong else None)
    elif isinstance(played, Simulation):
        for moment in _moments(played, policy):
            wrong = invariant(moment)
            _fail_if(f"{invariant.__name__}: {words_of(wrong).en}\n{played}" if wrong else None)
    else:
        exploration = explore(played, depth=depth, invariants=(invariant,))
        _fail_if(
            "\n".join(
                str(violation) for violation in exploration.violations if violation.invariant == invariant.__name__
            )
        )


def assert_reaches(played: Claim | Simulation, status: ClaimStatus | str) -> None:
    """Assert that a claim has been in a status, or that a simulation comes to it.

    Raises:
        AssertionError: it has not; the message tells what it came to instead.
    """
    wanted = status if isinstance(status, ClaimStatus) else ClaimStatus.parse(status)
    claim = played.claim if isinstance(played, Simulation) else played
    been = [claim.status, *(event.leads_to for event in claim.history)]
    if wanted not in been:
        can = ", ".join(kind for kind, refusal in options(claim, at=claim.updated_at).items() if refusal is None)
        trace = str(played) if isinstance(played, Simulation) else str(_as_story(claim))
        raise AssertionError(f"never {wanted}; it is {claim.status}, and could go on by {can or 'nothing'}\n{trace}")


def _moments(played: Simulation, policy: Policy | str | None) -> Iterable[Moment]:
    chosen = chosen_policy(played.claim, policy)
    history = played.claim.history
    for turn in played.turns:
        known = tuple(event for event in history if event.at <= turn.at)
        claim = played.claim.model_copy(update={"history": known, "status": turn.plan.status})
        yield Moment(claim, plan(claim, as_of=turn.at, policy=chosen, pinned_only=True), chosen)


def _begun(claim: Claim) -> Claim:
    return claim.model_copy(update={"history": claim.history[:1]})


def _as_story(claim: Claim) -> Story:
    return Story(start=_begun(claim), events=claim.history[1:], at=claim.updated_at)


def _listed(steps: Iterable[str]) -> str:
    return ", ".join(sorted(steps)) or "nothing"


def _fail_if(message: str | None) -> None:
    if message:
        raise AssertionError(message)

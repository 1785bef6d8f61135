"""Situation files: cases in TOML for people who write no Python. A sentence, a claim, an instant, and what is expected.

[[situation]]
says = "On the third day the second message is due"
filed_at = 2016-06-21T16:00:00Z
reason = "not_as_described"
events = [{ hours = 24, kind = "seller_messaged", purpose = "ask_for_withdrawal" }]
as_of = 2016-06-24T16:00:00Z
expect = { now = ["second_message"] }
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from atoz.errors import Fault, InvalidDocument
from atoz.lifecycle.attention import Attention
from atoz.lifecycle.operations import apply, open_claim, options
from atoz.lifecycle.replay import under
from atoz.model.claim import Claim, EditionId
from atoz.model.events import AnyEvent
from atoz.model.instant import Day, Instant
from atoz.model.order import TriState
from atoz.model.reason import ClaimReason, ReasonDetail
from atoz.model.record import Document, Record, is_sequence, parse_toml, read_document
from atoz.model.status import ClaimStatus
from atoz.planner.plan import Plan, plan
from atoz.planner.policy import Policy
from atoz.planner.step_status import ActionState
from atoz.rulebook.deadline_clock import DeadlineName
from atoz.rulebook.deadlines import DeadlineState
from atoz.rulebook.edition import DEFAULT_EDITION, Edition
from atoz.rulebook.edition_selection import pick_edition
from atoz.rulebook.filing_window import Verdict, claim_window
from atoz.testing.builders import an_event, an_order, filed_in, home_of
from atoz.testing.scenario_catalog import scenario

_FILE = ".toml"
EditionOrFile = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$|^.+\.toml$", max_length=400)]


class Happened(Record, extra="allow"):
    """An event of a situation: `at`, or `hours` after the filing; further keys are its facts."""

    kind: str = Field(description="The kind of the event.")
    at: Instant | None = Field(default=None, description="When it happened.")
    hours: int | None = Field(default=None, description="How many hours after the filing it happened.")

    @model_validator(mode="after")
    def _one_time(self) -> "Happened":
        if (self.at is None) is (self.hours is None):
            message = "say `at` or `hours`, one of them"
            raise ValueError(message)
        return self

    def event(self, filed_at: datetime) -> AnyEvent:
        """The event itself."""
        at = self.at or filed_at + timedelta(hours=self.hours or 0)
        return an_event(self.kind, at, **(self.model_extra or {}))


class Expected(Record):
    """What is expected; whatever is left out is not looked at."""

    now: tuple[str, ...] | None = Field(default=None, description="The steps to take now, in any order; no others.")
    later: tuple[str, ...] | None = Field(default=None, description="The steps for later; no others.")
    done: tuple[str, ...] | None = Field(default=None, description="The steps that are done; no others.")
    missed: tuple[str, ...] | None = Field(default=None, description="The steps that were missed; no others.")
    never: tuple[str, ...] | None = Field(default=None, description="Steps or actions that must not be recommended.")
    do_not: tuple[str, ...] | None = Field(default=None, description="The warnings; no others.")
    status: ClaimStatus | None = Field(default=None, description="Where the claim stands.")
    attention: Attention | None = Field(default=None, description="Whose turn it is.")
    counts_against_odr: TriState | None = Field(default=None, description="Whether it counts.")
    deadlines: dict[DeadlineName, DeadlineState] = Field(
        default_factory=dict[DeadlineName, DeadlineState], description="Where deadlines stand."
    )
    due: dict[DeadlineName, Instant] = Field(
        default_factory=dict[DeadlineName, Instant], description="When deadlines are due."
    )
    act_by: dict[DeadlineName, Instant] = Field(
        default_factory=dict[DeadlineName, Instant],
        description="By when deadlines have to be acted on, by every rule to reckon with.",
    )
    look_again_at: Instant | None = Field(default=None, description="When to look again.")
    refused: dict[str, str] = Field(default_factory=dict, description="Events that are refused, and the code.")
    allowed: tuple[str, ...] = Field(default=(), description="Events that are allowed.")
    edition: EditionId | None = Field(default=None, description="The edition that counts (ask for in-force).")
    opens: Day | None = Field(default=None, description="First day of the filing window.")
    closes: Day | None = Field(default=None, description="Last day of the filing window.")
    verdict: Verdict | None = Field(default=None, description="The verdict on `on`, or on the day of `as_of`.")

    @model_validator(mode="after")
    def _something(self) -> "Expected":
        if not self.model_fields_set:
            message = "expect something"
            raise ValueError(message)
        return self


class Situation(Record):
    """One case: a claim at an instant, and what is expected."""

    says: str = Field(min_length=1, description="What the case shows, in one sentence.")
    scenario: str | None = Field(default=None, description="A named scenario to begin with.")
    claim: Claim | None = Field(default=None, description="A whole claim to begin with.")
    order: dict[str, object] = Field(default_factory=dict, description="Facts of the order; the rest is as built.")
    reason: ClaimReason = Field(default=ClaimReason.NOT_RECEIVED, description="Why the buyer claims.")
    detail: ReasonDetail | None = Field(default=None, description="What exactly is disputed.")
    filed_at: Instant | None = Field(
        default=None, description="When it was filed; a day of the edition's own unless said."
    )
    events: tuple[Happened, ...] = Field(default=(), description="What happened then.")
    edition: EditionOrFile | None = Field(
        default=None,
        description="An edition's id, or a file of your own beside this one; the claim's own, or the default.",
    )
    policy: str | None = Field(
        default=None,
        description="A policy's id, or a file beside this one; by the rules of the filing day unless said.",
    )
    as_of: Instant | None = Field(default=None, description="The instant; the last event's unless said.")
    on: Day | None = Field(default=None, description="The local day that a verdict is asked for.")
    expect: Expected = Field(description="What is expected.")

    @model_validator(mode="after")
    def _one_beginning(self) -> "Situation":
        own = {"order", "reason", "detail", "filed_at"} & self.model_fields_set
        if (self.scenario and self.claim) or (own and (self.scenario or self.claim)):
            message = "begin with a scenario, a claim, or facts of your own: one of them"
            raise ValueError(message)
        return self

    def subject(self, *, folder: Path | None = None) -> Claim:
        """The claim that the situation is about; files that it names stand in `folder`.

        Raises:
            AtozError: its facts do not fit, or the machine refuses an event.
        """
        edition = self.chosen_edition(folder)
        if self.scenario or self.claim:
            begun = scenario(self.scenario).claim if self.scenario else self.claim
            if begun is None:  # pragma: no cover  (one of them is there)
                raise AssertionError
            claim = under(begun, edition) if edition else begun
        else:
            claim = self._opened(edition or DEFAULT_EDITION)
        own = _own(edition)
        for event in self.events:
            claim = apply(claim, event.event(claim.filed_at or claim.updated_at), editions=own)
        return claim

    def chosen_edition(self, folder: Path | None = None) -> str | Edition | None:
        """The edition that the situation names: by its id, or read from its file.

        Raises:
            InvalidDocument: the file cannot be read, or is no edition; every fault.
        """
        if self.edition is None or not self.edition.endswith(_FILE):
            return self.edition
        path = (folder or Path()) / self.edition
        return Edition.read(_text(path, "edition"), what=str(path))

    def _opened(self, edition: str | Edition) -> Claim:
        filed_at = self.filed_at or filed_in(edition)
        order = an_order(**{"marketplace": home_of(edition), "filed_at": filed_at, **self.order})  # type: ignore[arg-type]
        return open_claim(order, reason=self.reason, detail=self.detail, filed_at=filed_at, edition=edition)


class SituationFile(Document):
    """A file of situations."""

    kind: Literal["situations"] = Field(
        default="situations", description="Says that this document is a file of situations."
    )
    situation: tuple[Situation, ...] = Field(min_length=1, description="The cases, a `[[situation]]` table each.")


def read_situations(text: str, *, what: str = "situations") -> tuple[Situation, ...]:
    """The situations of a TOML file.

    Raises:
        InvalidDocument: it is not TOML, or does not fit; every fault with its path.
    """
    return read_document(SituationFile, parse_toml(text, what=what), what=what).situation


def check_situation(situation: Situation, *, folder: Path | None = None) -> tuple[str, ...]:
    """What is otherwise than expected, a line each; none if everything is as expected.

    Raises:
        AtozError: the situation cannot be set up.
    """
    claim = situation.subject(folder=folder)
    as_of = situation.as_of or claim.updated_at
    edition = situation.chosen_edition(folder)
    made = plan(claim, as_of=as_of, policy=_policy(situation.policy, folder, _own(edition)), editions=_own(edition))
    return tuple(
        f"{name}: expected {_shown(wanted)}, found {_shown(actual)}"
        for name, wanted, actual in _compared(situation, claim, made, edition)
        if wanted != actual
    )


def _own(edition: str | Edition | None) -> tuple[Edition, ...]:
    """The edition to pass on, where it was read from a file."""
    return (edition,) if isinstance(edition, Edition) else ()


def _text(path: Path, key: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidDocument(str(path), (Fault(key, "not_readable", "the file cannot be read"),)) from error


def _policy(name: str | None, folder: Path | None, editions: tuple[Edition, ...]) -> Policy | None:
    if name is None:
        return None
    if not name.endswith(_FILE):
        return Policy.named(name)
    path = (folder or Path()) / name
    return Policy.read(_text(path, "policy"), what=str(path), editions=editions)


def _compared(
    situation: Situation, claim: Claim, made: Plan, edition: str | Edition | None
) -> Iterator[tuple[str, object, object]]:
    """What is expected beside what is found, for everything that the situation names."""
    expect = situation.expect
    for state in ActionState:
        wanted: tuple[str, ...] | None = getattr(expect, state.value)
        if wanted is not None:
            yield state.value, sorted(wanted), sorted(action.step for action in made.actions if action.state is state)
    for name in expect.never or ():
        ahead = [action for action in made.actions if action.state in (ActionState.NOW, ActionState.LATER)]
        yield f"never {name}", [], [action.step for action in ahead if name in (action.step, action.action.value)]
    if expect.do_not is not None:
        yield "do_not", sorted(expect.do_not), sorted(entry.id for entry in made.do_not)
    by_name = {deadline.name: deadline for deadline in made.deadlines}
    yield from ((f"act on {name} by", at, by_name[name].act_by) for name, at in expect.act_by.items())
    yield from ((f"{name} is", state, by_name[name].state) for name, state in expect.deadlines.items())
    yield from ((f"{name} is due", due, by_name[name].due_at) for name, due in expect.due.items())
    possible = options(claim, at=max(made.as_of, claim.updated_at), editions=_own(edition))
    for kind, code in expect.refused.items():
        refusal = possible.get(kind)
        yield f"{kind} is refused", code, refusal.code if refusal else None
    for kind in expect.allowed:
        refusal = possible.get(kind)
        yield f"{kind} is allowed", None, refusal.code if refusal else "no such event" if kind not in possible else None
    yield from _of_the_window(situation, claim, made, edition)
    actual = {
        "status": made.status,
        "attention": made.attention,
        "counts_against_odr": made.odr.counts,
        "look_again_at": made.look_again_at,
    }
    named = expect.model_fields_set & actual.keys()
    yield from ((name, getattr(expect, name), actual[name]) for name in sorted(named))


def _of_the_window(
    situation: Situation, claim: Claim, made: Plan, edition: str | Edition | None
) -> Iterator[tuple[str, object, object]]:
    expect, order = situation.expect, claim.order
    if expect.edition is not None:
        day = order.local_day(claim.filed_at or claim.updated_at)
        counted_by = pick_edition(edition or claim.edition, order.marketplace, day, _own(edition))
        yield "edition", expect.edition, counted_by.id
    window = claim_window(claim, editions=_own(edition))
    on: date = situation.on or order.local_day(made.as_of)
    actual = {"opens": window.opens, "closes": window.closes, "verdict": window.verdict(on)}
    named = expect.model_fields_set & actual.keys()
    yield from ((name, getattr(expect, name), actual[name]) for name in sorted(named))


def _shown(value: object) -> str:
    if is_sequence(value):
        return ", ".join(map(str, value)) or "nothing"
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)

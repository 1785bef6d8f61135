"""Explore a policy: play it against every buyer and every Amazon it can meet, up to so many happenings.

>>> exploration = explore("faq-2016", depth=0)
>>> exploration.holds
True
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial
from itertools import chain, product
from time import monotonic
from typing import Literal, NamedTuple

from pydantic import Field

from atoz.errors import Fault, InvalidDocument
from atoz.model.claim import Claim
from atoz.model.intervals import interval
from atoz.model.record import Document, Record
from atoz.model.text import Language, Text, fill
from atoz.planner.policy import Policy
from atoz.rulebook.edition import Edition
from atoz.testing.explorer.abstraction import PolicyAbstraction
from atoz.testing.explorer.coverage import Coverage, coverage
from atoz.testing.explorer.initial_claims import InitialClaims, TellsApart, filed_on, initial_claims
from atoz.testing.explorer.limits import Limits
from atoz.testing.explorer.search import Counterexample, Search, SearchResult
from atoz.testing.explorer.worker_pool import can_be_shared, in_workers
from atoz.testing.invariants import INVARIANTS, Invariant, no_deadline_missed
from atoz.testing.seller import LAST_MINUTE, PROMPT, Seller
from atoz.testing.trace import Story


class Violation(Record):
    """An invariant that a policy breaks, and the shortest story that shows it."""

    invariant: str = Field(description="The invariant.")
    says: Text = Field(description="What is wrong.")
    seller: Text = Field(description="How the seller followed the plan.")
    story: Story = Field(description="The shortest story; `story.moment(policy)` is where it is wrong.")

    def say(self, language: Language = "en") -> str:
        """What is wrong, then the story."""
        acts = _say("violation_seller", seller=self.seller).say(language)
        return f"{self.invariant}: {self.says.say(language)}\n{self.story.say(language)}\n  ({acts})"

    def __str__(self) -> str:
        """The same in English."""
        return self.say()

    def as_test(self, policy: str, editions: Sequence[str] = ()) -> str:
        """A test in Python that replays the story under the policy in a file, and fails until it is mended.

        `editions` are the files of editions of your own.
        """
        read = ", ".join(f"Edition.read(Path({file!r}).read_text(encoding='utf-8'))" for file in editions)
        passed = ", editions=editions" if editions else ""
        return (
            f"def test_{self.invariant}():\n"
            f'    """{self.says.en}"""\n'
            "    from pathlib import Path\n\n"
            "    from atoz.planner.policy import Policy\n"
            f"{'    from atoz.rulebook import Edition' + chr(10) if editions else ''}"
            "    from atoz.testing import Story, invariants\n\n"
            f"    story = Story.model_validate_json({self.story.model_dump_json()!r})\n"
            f"{'    editions = [' + read + ']' + chr(10) if editions else ''}"
            f"    policy = Policy.read(Path({policy!r}).read_text(encoding='utf-8'){passed})\n"
            f"    assert invariants.{self.invariant}(story.moment(policy{passed})) is None\n"
        )


class Exploration(Document):
    """Everything that was played, and what went wrong."""

    kind: Literal["exploration"] = Field(
        default="exploration", description="Says that this document is the exploration of a policy."
    )
    policy: str = Field(description="The policy.")
    editions: tuple[str, ...] = Field(description="The editions that counted.")
    depth: int = Field(description="The most happenings of one story.")
    invariants: tuple[str, ...] = Field(description="What was held to hold.")
    combinations: int = Field(description="Combinations of facts that a claim can begin with, over all editions.")
    beginnings: int = Field(description="Those that the policy can tell apart, times the sellers.")
    states: int = Field(description="Different states that were planned.")
    stories: int = Field(description="Stories that they stand for.")
    merged: int = Field(description="Times that a story came to a state that was known already.")
    cut: int = Field(description="States at the full depth from which something new could still happen.")
    waiting: int = Field(default=0, description="States that were not played because a limit was reached.")
    stopped: bool = Field(default=False, description="Whether a limit ended it before everything was played.")
    violations: tuple[Violation, ...] = Field(description="What went wrong, the shortest story first.")
    coverage: Coverage = Field(description="What of the policy was reached, and what was not.")
    not_covered: tuple[Text, ...] = Field(description="What was not played.")

    @property
    def holds(self) -> bool:
        """Whether nothing went wrong."""
        return not self.violations

    def say(self, language: Language = "en") -> str:
        """The whole result as text."""
        broken = fill("atoz.testing", "explored_breaks", count=len(self.violations), of=len(self.invariants))
        held = fill("atoz.testing", "explored_so_far" if self.stopped else "explored_holds")
        outcome = held if self.holds else broken
        editions = ", ".join(self.editions)
        head = fill("atoz.testing", "explored_head", policy=self.policy, editions=editions, outcome=outcome)
        sizes = fill(
            "atoz.testing",
            "explored_sizes",
            depth=self.depth,
            combinations=f"{self.combinations:,}",
            beginnings=f"{self.beginnings:,}",
            states=f"{self.states:,}",
            stories=f"{self.stories:,}",
            merged=f"{self.merged:,}",
        )
        wrong = [f"\n{violation.say(language)}" for violation in self.violations]
        held_to = fill("atoz.testing", "explored_held_to", invariants=", ".join(self.invariants)).say(language)
        left_out = fill("atoz.testing", "explored_not_covered").say(language)
        gaps = [f"- {gap.say(language)}" for gap in self.not_covered]
        lines = [head.say(language), sizes.say(language), *wrong, f"\n{held_to}", f"\n{self.coverage.say(language)}"]
        return "\n".join([*lines, f"\n{left_out}", *gaps])

    def __str__(self) -> str:
        """The same in English."""
        return self.say()


OF_STORIES = ("honest_wait", "comes_to_rest")
"""Invariants of whole stories, held beside those of moments."""


class _Task(NamedTuple):
    """Every beginning under one edition, with one seller."""

    edition: Edition
    starts: tuple[Claim, ...]
    seller: Seller


def explore(  # noqa: PLR0913  (each is a way to narrow what is played)
    policy: Policy | str,
    *,
    depth: int = 6,
    editions: Sequence[str | Edition] = (),
    invariants: Sequence[Invariant] = INVARIANTS,
    sellers: Sequence[Seller] = (PROMPT, LAST_MINUTE),
    tells_apart: TellsApart | None = None,
    workers: int = 1,
    max_states: int | None = None,
    time_limit: timedelta | None = None,
) -> Exploration:
    """Every story with at most `depth` happenings under each edition (the policy's own unless said), and what fails.

    An edition is an id, or one of your own.

    Stories are merged where the policy cannot tell them apart. An invariant of your own that looks at more than what
    the plan recommends names those facts in `tells_apart`, a function from a claim to something hashable.

    A seller who forgets steps or actions reaches what a policy says to one; a deadline that such a seller misses is not
    held against the policy.

    With `max_states`, shared evenly by editions and sellers, or a `time_limit` it stops early: `stopped` says so, and
    `waiting` and `not_covered` what was not played.

    Raises:
        UnknownName: no such policy or edition.
        InvalidDocument: a depth below 0, a limit that is not above 0, a seller who is late by design (see
            `simulate`), or invariants that several workers cannot share.
    """
    chosen = policy if isinstance(policy, Policy) else Policy.named(policy)
    own = tuple(edition for edition in editions if isinstance(edition, Edition))
    counting = tuple(Edition.named(name, own) for name in editions or chosen.editions)
    _check_arguments(depth, sellers, workers, (chosen, *invariants, tells_apart))
    searches = max(1, len(counting) * len(sellers))
    limits = _limits(max_states, time_limit, searches)
    begun = [
        (edition, initial_claims(chosen, PolicyAbstraction(chosen, edition), tells_apart, limits))
        for edition in counting
    ]
    tasks = [_Task(edition, initial.claims, seller) for (edition, initial), seller in product(begun, sellers)]
    play = partial(
        _play, policy=chosen, invariants=tuple(invariants), depth=depth, tells_apart=tells_apart, limits=limits
    )
    searched = list(in_workers(play, tasks, workers))
    written = any(invariant not in INVARIANTS for invariant in invariants)
    cut = sum(result.cut for result in searched)
    waiting = sum(result.waiting for result in searched)
    stopped = bool(waiting) or not all(initial.whole for _, initial in begun)
    return Exploration(
        policy=chosen.id,
        editions=tuple(edition.reference for edition in counting),
        depth=depth,
        invariants=(*(invariant.__name__ for invariant in invariants), *OF_STORIES),
        combinations=sum(initial.combinations for _, initial in begun),
        beginnings=sum(len(task.starts) for task in tasks),
        states=sum(result.states for result in searched),
        stories=sum(result.stories for result in searched),
        merged=sum(result.merged for result in searched),
        cut=cut,
        waiting=waiting,
        stopped=stopped,
        violations=_shortest(tasks, searched),
        coverage=coverage(
            chosen,
            [invariant.__name__ for invariant in invariants],
            [result.reached for result in searched],
            deep=not cut and not stopped,
            every_seller=any(seller.forgets for seller in sellers),
        ),
        not_covered=(
            *([_say("stopped_early", count=waiting)] if stopped else []),
            *_not_covered(depth, cut, begun, sellers, own=written and tells_apart is None),
        ),
    )


def _limits(max_states: int | None, time_limit: timedelta | None, searches: int) -> Limits:
    """The limits of each search: its share of the states, and the end of the time for all of them.

    Raises:
        InvalidDocument: a limit that is not above 0.
    """
    seconds = None if time_limit is None else time_limit.total_seconds()
    limits = {"max_states": max_states, "time_limit": seconds}
    faults = [
        Fault(name, "not_above_zero", "a limit is above 0")
        for name, limit in limits.items()
        if limit is not None and limit <= 0
    ]
    if faults:
        raise InvalidDocument("explore", tuple(faults))
    return Limits(
        states=None if max_states is None else max(1, max_states // searches),
        until=None if seconds is None else monotonic() + seconds,
    )


def _check_arguments(depth: int, sellers: Sequence[Seller], workers: int, shared: Sequence[object]) -> None:
    faults: list[Fault] = []
    if depth < 0:
        faults.append(Fault("depth", "negative", "a depth is 0 or more"))
    if workers < 1:
        faults.append(Fault("workers", "too_few", "at least one worker is needed"))
    if not sellers:
        faults.append(Fault("sellers", "missing", "at least one seller is needed"))
    if any(seller.late_by for seller in sellers):
        faults.append(Fault("sellers", "late_seller", "a late seller breaks any policy; see simulate for one"))
    if workers > 1 and not can_be_shared(*shared):
        words = "several workers can only share functions of a module; use workers=1 for others"
        faults.append(Fault("invariants", "not_picklable", words))
    if faults:
        raise InvalidDocument("explore", tuple(faults))


def _play(
    task: _Task,
    *,
    policy: Policy,
    invariants: tuple[Invariant, ...],
    depth: int,
    tells_apart: TellsApart | None,
    limits: Limits,
) -> SearchResult:
    abstraction = PolicyAbstraction(policy, task.edition)
    held = tuple(row for row in invariants if row is not no_deadline_missed or not task.seller.forgets)
    return Search(abstraction, task.starts, task.seller, held, depth, tells_apart, limits).run()


def _shortest(tasks: list[_Task], searched: list[SearchResult]) -> tuple[Violation, ...]:
    """For each invariant the shortest story: fewest happenings, then fewest events, then the soonest."""
    met: dict[str, list[tuple[_Task, Counterexample]]] = {}
    for task, finding in chain.from_iterable(
        ((task, finding) for finding in result.findings) for task, result in zip(tasks, searched, strict=True)
    ):
        met.setdefault(finding.invariant, []).append((task, finding))
    violations: list[Violation] = []
    for pairs in met.values():
        task, finding = min(pairs, key=lambda pair: _length(pair[1]))
        violations.append(
            Violation(
                invariant=finding.invariant,
                says=finding.says,
                seller=task.seller.name_text,
                story=finding.story,
            )
        )
    return tuple(
        sorted(
            violations,
            key=lambda violation: (violation.story.of_others, len(violation.story.events), violation.invariant),
        )
    )


def _length(finding: Counterexample) -> tuple[int, int, float]:
    story = finding.story
    return story.of_others, len(story.events), story.at.timestamp()


def _not_covered(
    depth: int, cut: int, begun: list[tuple[Edition, InitialClaims]], sellers: Sequence[Seller], *, own: bool
) -> Iterator[Text]:
    if cut:
        yield _say("cut_short", count=cut, depth=depth)
    yield _say("between_edges")
    zones = sorted({initial.claims[0].order.zone.key for _, initial in begun})
    yield _say("other_days", filed=f"{filed_on(begun[0][1].claims[0]):%Y-%m-%d}", zone=", ".join(zones))
    names = [seller.name_text for seller in sellers]
    played = Text(en="; ".join(name.en for name in names), zh=";".join(name.zh for name in names))
    yield _say("other_sellers", sellers=played)
    stated = interval("atoz.testing", "stated_by_a_question")
    yield _say("other_requests", hours=int(stated.total_seconds()) // 3600)
    yield _say("other_facts")
    yield _say("other_entries")
    if own:
        yield _say("own_invariants")


def _say(code: str, **values: object) -> Text:
    return fill("atoz.testing", code, **values)

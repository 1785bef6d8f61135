"""Policy differences: the shortest stories in which two policies, or one under two editions, advise differently.

>>> from atoz.planner.policy import Policy
>>> faq = Policy.named("faq-2016")
>>> silent = faq.model_copy(update={"steps": tuple(step for step in faq.steps if step.id != "answer_the_claim")})
>>> diff = policy_diff(faq, silent, depth=0, editions=["faq-2016"])
>>> [(difference.kind.value, difference.subject) for difference in diff.differences][:1]
[('missed_deadline', 'answer_amazon')]
"""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import product
from typing import Literal, NamedTuple

from pydantic import Field

from atoz.errors import Fault, InvalidDocument
from atoz.model.record import Document, Record
from atoz.model.text import Language, Text, fill
from atoz.planner.policy import Policy
from atoz.rulebook.edition import Edition
from atoz.testing.explorer.advice import DifferenceKind
from atoz.testing.explorer.joint_search import BOTH, FIRST, JointDifference, JointResult, JointSearch, PolicySide
from atoz.testing.explorer.relevance import entries
from atoz.testing.explorer.worker_pool import in_workers
from atoz.testing.policy_comparison import Side
from atoz.testing.seller import LAST_MINUTE, PROMPT, Seller
from atoz.testing.trace import Story


class PolicyDifference(Record):
    """One thing that two policies advise differently, and the shortest story that shows it."""

    kind: DifferenceKind = Field(description="What differs.")
    subject: str = Field(
        description="The step, warning or deadline; an action where the policies call their steps differently."
    )
    a: Text = Field(description="What the first says of it.")
    b: Text = Field(description="What the second says of it.")
    follows: Literal["a", "b", "both"] = Field(
        description="Whom the seller of the story follows; both, as long as they say to do the same."
    )
    seller: Text = Field(description="How the seller acts.")
    story: Story = Field(description="The shortest story; its end is where they differ.")

    def say(self, language: Language = "en") -> str:
        """What differs, what each says, and the story."""
        lines = [
            f"{self.kind.label(language)}: {self.subject}",
            f"- A: {self.a.say(language)}",
            f"- B: {self.b.say(language)}",
            "",
            "```",
            self.story.say(language),
            f"  ({_say(f'follows_{self.follows}', seller=self.seller).say(language)})",
            "```",
        ]
        return "\n".join(lines)

    def __str__(self) -> str:
        """The same in English."""
        return self.say()


class PolicyDiff(Document):
    """Everything that two policies advise differently, the worst first."""

    kind: Literal["policy_diff"] = Field(
        default="policy_diff", description="Says that this document is the difference of two policies."
    )
    a: str = Field(description="The first policy.")
    b: str = Field(description="The second policy.")
    editions: tuple[tuple[str, str], ...] = Field(description="The editions that counted: the first's, the second's.")
    depth: int = Field(description="The most happenings of one story.")
    combinations: int = Field(description="Combinations of facts that a claim can begin with, over all editions.")
    beginnings: int = Field(description="Those that either policy can tell apart, times the sellers.")
    states: int = Field(description="Different states that were planned by both, or left out as the same from there.")
    merged: int = Field(description="Times that a story came to a state that was known already.")
    cut: int = Field(description="States at the full depth from which something new could still happen.")
    differences: tuple[PolicyDifference, ...] = Field(description="What differs, the worst first.")
    not_reached: tuple[str, ...] = Field(
        description="Steps and warnings that only one has or that are written differently, and that no plan came to."
    )
    not_covered: tuple[Text, ...] = Field(description="What was not played.")

    def say(self, language: Language = "en") -> str:
        """The whole result as Markdown, ready for a pull request."""
        editions = ", ".join(dict.fromkeys(a if a == b else f"{a} / {b}" for a, b in self.editions))
        head = _say("head", a=self.a, b=self.b, editions=editions, count=len(self.differences)).say(language)
        sizes = _say(
            "sizes",
            depth=self.depth,
            combinations=f"{self.combinations:,}",
            beginnings=f"{self.beginnings:,}",
            states=f"{self.states:,}",
            merged=f"{self.merged:,}",
        ).say(language)
        differences = [f"\n### {place}. {row.say(language)}" for place, row in enumerate(self.differences, 1)]
        unreached = [f"\n{_say('not_reached', steps=', '.join(self.not_reached)).say(language)}"]
        left_out = fill("atoz.testing", "explored_not_covered").say(language)
        gaps = [f"- {gap.say(language)}" for gap in self.not_covered]
        return "\n".join([head, sizes, *differences, *unreached * bool(self.not_reached), f"\n{left_out}", "", *gaps])

    def __str__(self) -> str:
        """The same in English."""
        return self.say()


class _Task(NamedTuple):
    """Two sides, and a seller."""

    a: PolicySide
    b: PolicySide
    seller: Seller


def policy_diff(
    a: Policy | str | Side,
    b: Policy | str | Side,
    *,
    depth: int = 2,
    editions: Sequence[str | Edition] = (),
    sellers: Sequence[Seller] = (PROMPT, LAST_MINUTE),
    workers: int = 1,
) -> PolicyDiff:
    """The shortest stories of at most `depth` happenings in which two policies advise differently.

    Both are held against the same claims in the same world, under each of `editions`: unless said, those that both
    are written for. A `Side` that names an edition is counted by that one: so one policy is compared under two.

    The claim goes on as either policy says, so that an early difference hides no late one; a step is compared by its
    id, or by its action where only one policy has it.

    Raises:
        UnknownName: no such policy or edition.
        InvalidDocument: a depth below 0, no seller, one who is late by design, or no edition that both are written
            for.
    """
    sides = _sides(a, b, editions)
    faults = tuple(_faults(depth, sellers, workers, sides))
    if faults:
        raise InvalidDocument("policy_diff", faults)
    turned = [_canonical(*pair) for pair in sides]
    tasks = [_Task(*pair, seller) for (pair, _), seller in product(turned, sellers)]
    searched = list(in_workers(partial(_play, depth=depth), tasks, workers))
    mirrored = [is_turned for (_, is_turned), _ in product(turned, sellers)]
    results = [_mirrored(result) if is_turned else result for result, is_turned in zip(searched, mirrored, strict=True)]
    cut = sum(result.cut for result in results)
    first, second = sides[0]
    return PolicyDiff(
        a=first.policy.id,
        b=second.policy.id,
        editions=tuple((a.edition.reference, b.edition.reference) for a, b in sides),
        depth=depth,
        combinations=sum(result.combinations for result in results) // len(sellers),
        beginnings=sum(result.beginnings for result in results),
        states=sum(result.states for result in results),
        merged=sum(result.merged for result in results),
        cut=cut,
        differences=_worst_first(tasks, results),
        not_reached=_not_reached(first.policy, second.policy, results),
        not_covered=tuple(_not_covered(depth, cut, sellers)),
    )


def _sides(
    a: Policy | str | Side, b: Policy | str | Side, editions: Sequence[str | Edition]
) -> list[tuple[PolicySide, PolicySide]]:
    """Both sides under each edition that they are compared under."""
    named = [side if isinstance(side, Side) else Side(side) for side in (a, b)]
    first, second = (side.policy if isinstance(side.policy, Policy) else Policy.named(side.policy) for side in named)
    own = [edition for edition in (*editions, *(side.edition for side in named)) if isinstance(edition, Edition)]
    by_a, by_b = (Edition.named(side.edition, own) if side.edition else None for side in named)
    if by_a and by_b:
        return [(PolicySide(first, by_a), PolicySide(second, by_b))]
    common = editions or [name for name in first.editions if name in second.editions]
    if by_a or by_b:
        common = common if editions else [edition for edition in (by_a or by_b,) if edition]
    chosen = [Edition.named(edition, own) for edition in common]
    return [(PolicySide(first, by_a or edition), PolicySide(second, by_b or edition)) for edition in chosen]


def _faults(depth: int, sellers: Sequence[Seller], workers: int, sides: Sequence[object]) -> Iterator[Fault]:
    if depth < 0:
        yield Fault("depth", "negative", "a depth is 0 or more")
    if workers < 1:
        yield Fault("workers", "too_few", "at least one worker is needed")
    if not sellers:
        yield Fault("sellers", "missing", "at least one seller is needed")
    if any(seller.late_by for seller in sellers):
        yield Fault("sellers", "late_seller", "a late seller breaks any policy; see simulate for one")
    if not sides:
        words = "the policies are written for no edition in common; name one with --edition (in Python: editions=[...])"
        yield Fault("editions", "none_in_common", words)


def _canonical(a: PolicySide, b: PolicySide) -> tuple[tuple[PolicySide, PolicySide], bool]:
    """Two sides in an order of their own, and whether that turns them: which is named first decides no story."""
    turn = _rank(b) < _rank(a)
    return ((b, a) if turn else (a, b)), turn


def _rank(side: PolicySide) -> tuple[str, str]:
    return side.policy.model_dump_json(), side.edition.reference


def _mirrored(result: JointResult) -> JointResult:
    """The result of the same search with its sides the other way round."""
    differences = tuple(
        difference._replace(
            says=difference.says[::-1],
            followed=difference.followed if difference.followed == BOTH else (1 - difference.followed[0],),
        )
        for difference in result.differences
    )
    return result._replace(differences=differences, shown=result.shown[::-1])


def _play(task: _Task, *, depth: int) -> JointResult:
    return JointSearch(task.a, task.b, task.seller, depth).run()


def _worst_first(tasks: Sequence[_Task], results: Sequence[JointResult]) -> tuple[PolicyDifference, ...]:
    """The shortest story of each group over all searches, by kind; within a kind the shortest first."""
    groups: dict[tuple[DifferenceKind, str], list[tuple[_Task, JointDifference]]] = {}
    for task, result in zip(tasks, results, strict=True):
        for difference in result.differences:
            groups.setdefault((difference.kind, difference.subject), []).append((task, difference))
    shortest = [min(rows, key=lambda row: _length(row[1])) for rows in groups.values()]
    kinds = tuple(DifferenceKind)
    shortest.sort(key=lambda row: (kinds.index(row[1].kind), _length(row[1]), row[1].subject))
    return tuple(
        PolicyDifference(
            kind=difference.kind,
            subject=difference.subject,
            a=difference.says[0],
            b=difference.says[1],
            follows="both" if difference.followed == BOTH else "a" if difference.followed == FIRST else "b",
            seller=task.seller.name_text,
            story=difference.story,
        )
        for task, difference in shortest
    )


def _length(difference: JointDifference) -> tuple[int, int, float]:
    story = difference.story
    return story.of_others, len(story.events), (story.at - story.start.updated_at).total_seconds()


def _not_reached(a: Policy, b: Policy, results: Sequence[JointResult]) -> tuple[str, ...]:
    """What is in one policy alone, or written differently, and was never to be done or shown by that policy."""
    rows = tuple({entry.id: entry.row for entry in entries(policy)} for policy in (a, b))
    missing: dict[str, None] = {}
    for place, (own, others) in enumerate((rows, rows[::-1])):
        reached = {name for result in results for name in result.shown[place]}
        missing |= dict.fromkeys(name for name, row in own.items() if others.get(name) != row and name not in reached)
    return tuple(sorted(missing))


def _not_covered(depth: int, cut: int, sellers: Sequence[Seller]) -> Iterator[Text]:
    if cut:
        yield fill("atoz.testing", "cut_short", count=cut, depth=depth)
    yield fill("atoz.testing", "between_edges")
    names = [seller.name_text for seller in sellers]
    played = Text(en="; ".join(name.en for name in names), zh=";".join(name.zh for name in names))
    yield fill("atoz.testing", "other_sellers", sellers=played)
    yield fill("atoz.testing", "other_facts")
    yield fill("atoz.testing", "other_entries")


def _say(code: str, **values: object) -> Text:
    return fill("atoz.testing", f"diff_{code}", **values)

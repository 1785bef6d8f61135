"""What exploring a policy found: the violations with their shortest stories, and how much was played."""

from pydantic import Field

from atoz.model.language import Language, Text
from atoz.model.record import Record
from atoz.testing.story import Story


class Violation(Record):
    """An invariant that a policy breaks, and the shortest story that shows it."""

    invariant: str = Field(description="The invariant.")
    says: str = Field(description="What is wrong.")
    seller: str = Field(description="How the seller followed the plan.")
    story: Story = Field(description="The shortest story; `story.moment(policy)` is where it is wrong.")

    def __str__(self) -> str:
        """What is wrong, then the story."""
        return f"{self.invariant}: {self.says}\n{self.story}\n  (the seller acts {self.seller})"

    def as_test(self, policy: str) -> str:
        """A test in Python that replays the story under the policy in a file, and fails until it is mended."""
        return (
            f"def test_{self.invariant}():\n"
            f'    """{self.says}"""\n'
            "    from pathlib import Path\n\n"
            "    from atoz.planner.policy import Policy\n"
            "    from atoz.testing import Story, invariants\n\n"
            f"    story = Story.model_validate_json({self.story.model_dump_json()!r})\n"
            f"    policy = Policy.read(Path({policy!r}).read_text(encoding='utf-8'))\n"
            f"    assert invariants.{self.invariant}(story.moment(policy)) is None\n"
        )


class Exploration(Record):
    """Everything that was played, and what went wrong."""

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
    violations: tuple[Violation, ...] = Field(description="What went wrong, the shortest story first.")
    not_covered: tuple[Text, ...] = Field(description="What was not played.")

    @property
    def holds(self) -> bool:
        """Whether nothing went wrong."""
        return not self.violations

    def say(self, language: Language = "en") -> str:
        """The whole result as text."""
        outcome = "holds" if self.holds else f"breaks {len(self.violations)} of {len(self.invariants)} invariants"
        head = (
            f"policy {self.policy} under {', '.join(self.editions)}: {outcome}\n"
            f"depth {self.depth}; {self.combinations:,} combinations of facts, {self.beginnings:,} told apart; "
            f"{self.states:,} states, {self.stories:,} stories, {self.merged:,} merged"
        )
        wrong = [f"\n{each}" for each in self.violations]
        left_out = ["\nnot covered:", *(f"- {each.say(language)}" for each in self.not_covered)]
        return "\n".join([head, *wrong, *left_out])

    def __str__(self) -> str:
        """The same in English."""
        return self.say()

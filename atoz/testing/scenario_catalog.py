"""Named scenarios: whole stories of claims that say what they are; the data is `scenarios.toml`.

>>> silent = scenario("silent_until_the_lapse")
>>> print(silent.says.en)
The seller stays silent until the response deadline lapses.
>>> silent.claim.status.value
'granted_seller_funded'
"""

from datetime import datetime, timedelta
from functools import cache

from pydantic import Field

from atoz.errors import UnknownName
from atoz.model.claim import Claim
from atoz.model.data_files import read_toml
from atoz.model.events import AnyEvent
from atoz.model.reason import ClaimReason
from atoz.model.record import Record
from atoz.model.text import Text
from atoz.rulebook.edition import DEFAULT_EDITION
from atoz.testing.builders import a_claim, an_event, an_order, filed_in, home_of


class Scenario(Record):
    """A claim with a story."""

    name: str = Field(description="Its name.")
    says: Text = Field(description="What happened, in one sentence.")
    claim: Claim = Field(description="The claim, with its whole history.")


class _Happened(Record, extra="allow"):
    """One event of a scenario; further keys are facts of the event."""

    days: int
    kind: str
    due_days: int | None = None

    def event(self, filed_at: datetime) -> AnyEvent:
        """The event itself, in a claim that was filed at an instant."""
        facts = dict(self.model_extra or {})
        if self.due_days is not None:
            facts["due_at"] = filed_at + timedelta(days=self.due_days)
        return an_event(self.kind, filed_at + timedelta(days=self.days), **facts)


class _Entry(Record):
    says: Text
    edition: str = DEFAULT_EDITION
    reason: ClaimReason = ClaimReason.NOT_RECEIVED
    order: dict[str, object] = Field(default_factory=dict)
    events: tuple[_Happened, ...]


def scenario(name: str) -> Scenario:
    """The scenario of this name.

    Raises:
        UnknownName: there is none.
    """
    known = scenarios()
    if name not in known:
        raise UnknownName.with_suggestions("scenario", name, known)
    return known[name]


def scenarios() -> dict[str, Scenario]:
    """Every scenario by its name, in the order of the data."""
    return dict(_book())


@cache
def _book() -> dict[str, Scenario]:
    rows = read_toml("atoz.testing", "scenarios.toml")
    return {name: _scenario(name, _Entry.model_validate(row)) for name, row in rows.items()}


def _scenario(name: str, entry: _Entry) -> Scenario:
    filed_at = filed_in(entry.edition)
    order = an_order(**{"marketplace": home_of(entry.edition), "filed_at": filed_at, **entry.order})  # type: ignore[arg-type]
    events = [row.event(filed_at) for row in entry.events]
    claim = a_claim(reason=entry.reason, order=order, edition=entry.edition, events=events)
    return Scenario(name=name, says=entry.says, claim=claim)

"""The result of a back-test: a row for each marketplace and policy, with bounds where the world's answer is unknown."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from atoz.audit.audit_summary import percent
from atoz.model.money import Money
from atoz.model.order import Country
from atoz.model.record import Document, Record
from atoz.model.text import Language, fill


class CountBounds(Record):
    """How many: surely the least, at most the most; between them lies what nobody knows."""

    least: int = Field(ge=0, description="As many are certain.")
    most: int = Field(ge=0, description="No more are possible.")

    def __str__(self) -> str:
        """One figure where it is known, else both."""
        return str(self.least) if self.least == self.most else f"{self.least}–{self.most}"


class RateBounds(Record):
    """A share, from the least to the most."""

    least: float = Field(description="At least this share.")
    most: float = Field(description="At most this share.")

    def __str__(self) -> str:
        """One figure where it is known, else both."""
        least, most = percent(self.least), percent(self.most)
        return least if least == most else f"{least}–{most}"


class MoneyBounds(Record):
    """An amount, from the least to the most."""

    least: Money = Field(description="At least this much.")
    most: Money = Field(description="At most this much.")

    def __str__(self) -> str:
        """One figure where it is known, else both."""
        return str(self.least) if self.least == self.most else f"{self.least.value}–{self.most}"


class BacktestRow(Record):
    """One policy over the closed claims of one marketplace."""

    marketplace: Country = Field(description="An ISO country code.")
    policy: str = Field(description="The policy.")
    claims: int = Field(description="Closed claims: those that are no longer under review.")
    followed: int = Field(description="Those that never left the policy: what it would have come to is what came.")
    duties: int = Field(description="Deadlines that came and had to be met, by a stated or firm rule.")
    duties_met_really: int = Field(description="Those that were met.")
    duties_met: CountBounds = Field(description="Those that the policy would have met.")
    duties_met_rate: RateBounds | None = Field(description="Their share; none where there are too few claims.")
    avoidable_misses: CountBounds = Field(description="Real misses that the policy would have avoided.")
    protected_refunds: int = Field(description="Refunds by the seller on a protected label, against the policy.")
    protected_amount: MoneyBounds = Field(description="What protection would have paid of them.")
    appeals_open: int = Field(description="Appeals that the policy advises at the end, and that are still possible.")
    appeals_amount: MoneyBounds = Field(description="What they may win back.")
    unknown_amounts: int = Field(description="Of these refunds and appeals, those whose amount is not known.")

    @property
    def too_few(self) -> bool:
        """Whether there are too few claims for a rate to mean anything."""
        return self.claims < FEWEST_FOR_RATES


FEWEST_FOR_RATES = 30
"""Below so many closed claims of a marketplace there are counts only: atoz's own caution."""


class Backtest(Document):
    """Policies over closed claims: what each would have advised at each moment that really came, and what follows."""

    kind: Literal["backtest"] = Field(default="backtest", description="Says that this document is a back-test.")
    as_of: datetime = Field(description="The end of what was looked at.")
    policies: tuple[str, ...] = Field(description="The policies, in the order asked for.")
    claims: int = Field(description="Closed claims, over all marketplaces.")
    under_review: int = Field(description="Claims that were left out, because they are still under review.")
    rows: tuple[BacktestRow, ...] = Field(description="One for each marketplace and policy.")

    def say(self, language: Language = "en") -> str:
        """The table as text: a paragraph for each row, then what the bounds mean."""
        lines = [_say("head", language, claims=self.claims, left_out=self.under_review)]
        for row in self.rows:
            facts = row.model_dump(include={"marketplace", "policy", "claims", "followed"})
            lines += ["", _say("row", language, **facts)]
            rate = "" if row.duties_met_rate is None else f" ({row.duties_met_rate})"
            duties = {"met": row.duties_met_really, "of": row.duties, "would": f"{row.duties_met}{rate}"}
            lines.append(_say("duties", language, **duties, avoidable=row.avoidable_misses))
            refunds = {"count": row.protected_refunds, "amount": row.protected_amount}
            lines.append(_say("refunds", language, **refunds))
            lines.append(_say("appeals", language, count=row.appeals_open, amount=row.appeals_amount))
            if row.unknown_amounts:
                lines.append(_say("unknown", language, count=row.unknown_amounts))
            if row.too_few:
                lines.append(_say("too_few", language, fewest=FEWEST_FOR_RATES))
        return "\n".join([*lines, "", _say("bounds", language)])

    def __str__(self) -> str:
        """The same in English."""
        return self.say()


def _say(code: str, language: Language, **values: object) -> str:
    return fill("atoz.audit", f"backtest_{code}", **values).say(language)

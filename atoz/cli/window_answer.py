"""The document that `atoz window --json` prints: a window together with what was asked besides."""

from pydantic import Field

from atoz.model.instant import Day
from atoz.rulebook.filing_window import FilingWindow, Verdict


class WindowInForce(FilingWindow):
    """A window by an edition in force that is not the one that was asked for, with its verdict."""

    verdict_on_day: Verdict = Field(alias="verdict", description="Whether the buyer may file on the day.")


class WindowAnswer(FilingWindow):
    """What `atoz window --json` prints: a window, and what was asked about it."""

    on: Day = Field(description="The day that the verdict is for.")
    verdict_on_day: Verdict = Field(alias="verdict", description="Whether the buyer may file on it.")
    days_left_on_day: int | None = Field(
        alias="days_left", description="Days from it to the last day of the window; none while unknown."
    )
    in_force: tuple[WindowInForce, ...] = Field(
        description="A window with its verdict for each edition in force that is not the one that was asked for."
    )

"""How far an exploration may go: so many states, or so long. What is then left out is said."""

from time import monotonic
from typing import NamedTuple


class Limits(NamedTuple):
    """The limits of one search; none unless said."""

    states: int | None = None
    """The most states."""
    until: float | None = None
    """The reading of `time.monotonic` at which it ends."""

    def reached(self, states: int) -> bool:
        """Whether a search with so many states has to end.

        >>> Limits(states=10).reached(9), Limits(states=10).reached(10), Limits().reached(10**9)
        (False, True, False)
        """
        if self.states is not None and states >= self.states:
            return True
        return self.until is not None and monotonic() >= self.until


NO_LIMITS = Limits()

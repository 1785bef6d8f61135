"""Exit codes."""

from enum import IntEnum


class Exit(IntEnum):
    """What the command says to the shell."""

    FINE = 0
    FINDING = 1
    """A finding that was asked for: something overdue, a refused event, a policy that fails."""
    BAD_INPUT = 2
    """Bad usage or bad input, also when only some of it was bad."""

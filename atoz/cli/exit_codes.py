"""What a command says to the shell."""

from enum import IntEnum


class Exit(IntEnum):
    """What a command says to the shell."""

    FINE = 0
    FINDING = 1
    """A finding you asked to be told about: something overdue, a refused event, a policy that fails."""
    BAD_INPUT = 2
    """Bad usage or bad input, even if only part of it was bad."""
    STOPPED = 3
    """A policy check that a limit stopped before everything was covered; nothing wrong was found so far."""

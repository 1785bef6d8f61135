"""What an appeal asks for."""

from enum import StrEnum


class Ask(StrEnum):
    """What an appeal asks for."""

    MONEY = "money"
    ODR = "odr"
    BOTH = "both"

"""Options that several commands share, and what they turn into."""

from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from typing import Annotated

import typer
from pydantic_core import PydanticCustomError

from atoz.errors import Fault, InvalidDocument
from atoz.model.instant import instant_argument, to_instant


class LanguageChoice(StrEnum):
    """The languages of the output."""

    EN = "en"
    ZH = "zh"


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
AsOf = Annotated[
    str,
    typer.Option("--as-of", metavar="INSTANT", help="The instant to ask about, ISO 8601 with its offset; default now."),
]
EditionName = Annotated[str, typer.Option("--edition", help="Edition of the rules: an id, or in-force.")]
Lang = Annotated[LanguageChoice, typer.Option("--lang", help="Language of the output.")]


def instant_option(name: str, text: str) -> datetime:
    """An option's instant; `now` reads the clock.

    Raises:
        InvalidDocument: it is no instant with an offset.
    """
    if text == "now":
        return instant_argument(name, datetime.now(UTC))
    try:
        return to_instant(text)
    except PydanticCustomError as error:
        raise InvalidDocument(f"--{name}", (Fault("", error.type, error.message()),)) from error


class Exit(IntEnum):
    """What the command says to the shell."""

    FINE = 0
    FINDING = 1
    """A finding that was asked for: something overdue, a refused event, a policy that fails."""
    BAD_INPUT = 2
    """Bad usage or bad input, also when only some of it was bad."""

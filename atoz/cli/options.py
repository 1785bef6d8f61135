"""Options that several commands share, and what they turn into."""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

import typer
from pydantic_core import PydanticCustomError

from atoz.errors import Fault, InvalidDocument, nearest_names, printable
from atoz.model.instant import instant_argument, to_instant
from atoz.model.limits import LONGEST_NAME


class LanguageChoice(StrEnum):
    """The languages of the output."""

    EN = "en"
    ZH = "zh"


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
AsOf = Annotated[
    str,
    typer.Option(
        "--as-of",
        metavar="INSTANT",
        help="The instant to plan for, in ISO 8601 with its offset; `now` is the current time.",
    ),
]
EditionName = Annotated[
    str,
    typer.Option(
        "--edition",
        metavar="ID|FILE",
        envvar="ATOZ_EDITION",
        help="The edition of the rules: its id, `in-force`, or a TOML file of your own.",
    ),
]
Explain = Annotated[
    bool, typer.Option("--explain", help="With --json: add to the document, in words, how each date was calculated.")
]
Lang = Annotated[LanguageChoice, typer.Option("--lang", envvar="ATOZ_LANG", help="The language of the output.")]
GroupBy = Annotated[
    str | None,
    typer.Option("--group-by", metavar="LABEL", help="For many claims: make one list for each value of this label."),
]
ZoneName = Annotated[
    str | None,
    typer.Option(
        "--zone",
        metavar="ZONE",
        envvar="ATOZ_ZONE",
        help="Show every instant in your own time zone too, such as Asia/Shanghai; JSON stays in UTC.",
    ),
]
PolicyName = Annotated[
    str | None,
    typer.Option(
        "--policy",
        metavar="ID|FILE",
        envvar="ATOZ_POLICY",
        help="A policy that ships with atoz, or a TOML file. Default: the one written for the rules of the filing day.",
    ),
]
Output = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write to this file instead of standard output.")
]
Replace = Annotated[bool, typer.Option("--replace", help="Replace the output file if it exists.")]


def typed_in(context: typer.Context, option: str) -> bool:
    """Whether an option stands on the command line, rather than in the environment or nowhere."""
    source = context.get_parameter_source(option)
    return source is not None and source.name == "COMMANDLINE"


def instant_option(name: str, text: str) -> datetime:
    """The instant that an option stands for; `now` is the current time.

    Raises:
        InvalidDocument: the text is not an instant with an offset.
    """
    if text == "now":
        return instant_argument(name, datetime.now(UTC))
    try:
        return to_instant(text)
    except PydanticCustomError as error:
        code = error.type
        message = error.message()
    said = message.replace("this is", f"{printable(repr(text), limit=LONGEST_NAME)} is", 1)  # typed by who reads it
    raise InvalidDocument(f"--{name}", (Fault("", code, said),))


def zone_option(name: str | None) -> ZoneInfo | None:
    """The time zone that --zone or ATOZ_ZONE names; none where neither is set.

    Raises:
        InvalidDocument: there is no such zone; the nearest names are listed.
    """
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        near = "; ".join(nearest_names(name, available_timezones())) or "Asia/Shanghai; Europe/London; UTC"
    words = f"unknown time zone {printable(name, limit=LONGEST_NAME)!r}; write one such as: {near}"
    raise InvalidDocument("--zone", (Fault("", "unknown_zone", words),))


def pairs_option(option: str, form: str, texts: Iterable[str] | None) -> dict[str, str]:
    """The values of a repeatable option such as `--set NAME=VALUE`, by name.

    >>> pairs_option("--set", "NAME=VALUE", ["answers=we shipped it"])
    {'answers': 'we shipped it'}

    Raises:
        InvalidDocument: a text is not a pair, or two texts have the same name; every fault is listed.
    """
    pairs: dict[str, str] = {}
    faults: list[Fault] = []
    for text in texts or ():
        name, sign, value = text.partition("=")
        name = name.strip()
        if not sign or not name:
            faults.append(Fault("", "not_a_pair", f"{text!r} is not a pair; write {form}"))
        elif name in pairs:
            faults.append(Fault(name, "repeated", f"{name} is set twice; set it once"))
        pairs[name] = value
    if faults:
        raise InvalidDocument(option, tuple(faults))
    return pairs

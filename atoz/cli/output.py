"""What goes to the screen: results to standard output, errors and progress to standard error.

Nothing that a file says can steer the terminal: control characters and marks of direction are spelt out. With NO_COLOR
set there are no escape sequences at all.
"""

import json
import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

from atoz.errors import AtozError, Fault, InvalidDocument, TransitionRefused, printable

if TYPE_CHECKING:
    from pydantic import BaseModel
    from rich.console import RenderableType

    from atoz.model.text import Language

_PIPED, _NARROWEST = 140, 40


def screen_width() -> int:
    """How many columns there are; piped text gets enough for whole lines."""
    return max(shutil.get_terminal_size((_PIPED, 24)).columns, _NARROWEST)


def plain() -> bool:
    """Whether escape sequences are unwanted: NO_COLOR is set, or the terminal cannot show them."""
    return bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"


def shows_progress() -> bool:
    """Whether somebody watches standard error who wants to see how far a command is."""
    return sys.stderr.isatty() and not plain()


def show(view: "RenderableType") -> None:
    """Print a result for people; when it is piped, as plain text that is not cut to a screen."""
    from rich.console import Console  # noqa: PLC0415  (JSON does not wait for it)
    from rich.segment import Segment, Segments  # noqa: PLC0415

    console = Console(highlight=False, markup=False, width=screen_width())
    if plain():
        console = Console(highlight=False, markup=False, width=screen_width(), color_system=None)
    parts = [
        part if part.control else Segment(printable(part.text), part.style)
        for part in console.render(view, console.options)
    ]
    if sys.stdout.isatty():
        console.print(Segments(parts), end="")
    else:
        show_lines(line.rstrip() for line in "".join(part.text for part in parts if not part.control).splitlines())


def show_json(result: "BaseModel | object") -> None:
    """Print a result as JSON, in one piece."""
    from pydantic import BaseModel  # noqa: PLC0415  (help does not wait for it)

    text = (
        result.model_dump_json(indent=2, by_alias=True)
        if isinstance(result, BaseModel)
        else json.dumps(result, indent=2, ensure_ascii=False)
    )
    sys.stdout.write(f"{text}\n")


def show_json_list(head: Mapping[str, object], name: str, rows: Iterable[str]) -> None:
    """Print an object whose last member is a long list of rows that are JSON already, one at a time."""
    sys.stdout.write(json.dumps(dict(head))[:-1] + f', "{name}": [')
    for index, row in enumerate(rows):
        sys.stdout.write(f"{',' if index else ''}\n{row}")
    sys.stdout.write("\n]}\n")


def show_lines(lines: Iterable[str]) -> None:
    """Print lines as they come."""
    sys.stdout.writelines(f"{printable(line)}\n" for line in lines)


def note(line: str) -> None:
    """Print a remark on standard error."""
    sys.stderr.write(f"{printable(line)}\n")


def asked_language() -> "Language":
    """The language that `--lang` or ATOZ_LANG names, also for what is said before or after the options are read."""
    words = sys.argv[1:]
    asked = [after for option, after in pairwise(words) if option == "--lang"]
    asked += [word.removeprefix("--lang=") for word in words if word.startswith("--lang=")]
    return "zh" if (asked or [os.environ.get("ATOZ_LANG", "")])[-1] == "zh" else "en"


def said(code: str, **values: object) -> str:
    """What a command says it did, in the language that is asked for."""
    from atoz.model.text import fill  # noqa: PLC0415  (help does not wait for it)

    return fill("atoz.cli", code, **values).say(asked_language())


def refuse_terminal(what: str) -> None:
    """Refuse to pour a file that is not for people's eyes into a terminal.

    Raises:
        InvalidDocument: standard output is a terminal.
    """
    if sys.stdout.isatty():
        words = f"{what} cannot be shown on a terminal; write it to a file with -o FILE, or pipe it"
        raise InvalidDocument("standard output", (Fault("", "terminal", words),))


def show_error(error: AtozError) -> None:
    """Print an error: what is wrong, what to do about it, and its stable code in brackets at the end."""
    code = error.refusal.code if isinstance(error, TransitionRefused) else error.code
    from atoz.cli.error_texts import error_text  # noqa: PLC0415  (only an error waits for it)

    sys.stderr.write(f"{printable(error_text(error, asked_language()))} [{code}]\n")

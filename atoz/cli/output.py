"""What goes to the screen: results to standard output, errors and progress to standard error."""

import json
import os
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from pydantic import BaseModel

from atoz.errors import AtozError, Fault, InvalidDocument

if TYPE_CHECKING:
    from rich.console import RenderableType


def show(view: "RenderableType") -> None:
    """Print a result for people; when it is piped, as plain text that is not cut to a screen."""
    from rich.console import Console  # noqa: PLC0415  (JSON does not wait for it)

    if sys.stdout.isatty():
        Console(highlight=False, markup=False).print(view)
        return
    console = Console(highlight=False, markup=False, width=int(os.environ.get("COLUMNS", "140")))
    with console.capture() as captured:
        console.print(view)
    show_lines(line.rstrip() for line in captured.get().splitlines())


def show_json(result: BaseModel | object) -> None:
    """Print a result as JSON, in one piece."""
    text = (
        result.model_dump_json(indent=2)
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
    sys.stdout.writelines(f"{line}\n" for line in lines)


def refuse_terminal(what: str) -> None:
    """Refuse to pour a file that is not for people's eyes into a terminal.

    Raises:
        InvalidDocument: standard output is a terminal.
    """
    if sys.stdout.isatty():
        words = f"{what} is not for a terminal; write it to a file with -o FILE, or pipe it"
        raise InvalidDocument("standard output", (Fault("", "terminal", words),))


def show_error(error: AtozError) -> None:
    """Print an error: what is wrong, what to do about it, and its stable code in brackets at the end."""
    sys.stderr.write(f"{error} [{error.code}]\n")

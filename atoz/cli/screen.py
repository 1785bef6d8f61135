"""What goes to the screen: results to standard output, errors and progress to standard error."""

import json
import sys

from pydantic import BaseModel
from rich.console import Console, RenderableType

from atoz.errors import AtozError


def show(view: RenderableType) -> None:
    """Print a result for people; when it is piped, as plain text that is not cut to a screen."""
    Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else 140).print(view)


def show_json(found: BaseModel | object) -> None:
    """Print a result as JSON, in one piece."""
    text = (
        found.model_dump_json(indent=2)
        if isinstance(found, BaseModel)
        else json.dumps(found, indent=2, ensure_ascii=False)
    )
    sys.stdout.write(f"{text}\n")


def show_error(error: AtozError) -> None:
    """Print an error: its code, then what it says."""
    sys.stderr.write(f"error: {error.code}\n{error}\n")

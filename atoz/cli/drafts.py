"""Drafts on the command line: values from `--set NAME=VALUE` and from a JSON file, and the text that comes out."""

import sys
from collections.abc import Iterable
from typing import Annotated

import typer

from atoz.cli.files import as_object, read_text
from atoz.errors import Fault, InvalidDocument
from atoz.messages.templates import Draft
from atoz.model.record import parse_json
from atoz.model.text import Language
from atoz.report.formatting import say

SetValues = Annotated[
    list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A value for a template, repeated.")
]
ValuesFile = Annotated[str | None, typer.Option("--values", help="Values for templates, as a JSON object.")]


def template_values(pairs: Iterable[str] | None, file: str | None) -> dict[str, object]:
    """Both together; a pair stands above the file.

    Raises:
        InvalidDocument: the file is no JSON object, or a pair has no value.
    """
    from_file = as_object(parse_json(read_text(file), what=file), file) if file else {}
    return from_file | dict(_pair(each) for each in pairs or ())


def _pair(text: str) -> tuple[str, object]:
    name, sign, value = text.partition("=")
    if not sign:
        raise InvalidDocument("--set", (Fault(name, "no_value", "write NAME=VALUE"),))
    return name.strip(), value


def show_draft(draft: Draft, language: Language) -> None:
    """Print a draft as it is to be sent, not wrapped; when to use it and what to know besides go to stderr."""
    for note in (draft.when, *draft.notes):
        sys.stderr.write(f"! {note.say(language)}\n")
    sys.stdout.write(f"{draft.text}\n")


def show_drafts(found: tuple[Draft, ...] | None, language: Language) -> None:
    """Print every draft that was asked for, or that no message is due."""
    for each in found or ():
        show_draft(each, language)
    if found == ():
        sys.stderr.write(f"! {say('message_none_due', language)}\n")

"""Message drafts on the command line: values from `--set NAME=VALUE` and a JSON file, and the filled text."""

import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from atoz.cli.files import as_object, read_text
from atoz.cli.options import pairs_option
from atoz.errors import Fault, InvalidDocument
from atoz.model.claim import Claim
from atoz.model.record import parse_json
from atoz.model.text import Language
from atoz.planner.plan import Plan
from atoz.report.phrases import say

if TYPE_CHECKING:
    from atoz.messages.templates import Draft

SetValues = Annotated[
    list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A value for a template; may be repeated.")
]
ValuesFile = Annotated[
    str | None, typer.Option("--values", metavar="FILE", help="A JSON file with values for templates.")
]


def template_values(pairs: Iterable[str] | None, file: str | None) -> dict[str, object]:
    """The values of the file, overridden by those of `--set`.

    Raises:
        InvalidDocument: the file is not a JSON object, or a pair is malformed.
    """
    from_file = as_object(parse_json(read_text(file), what=file), file) if file else {}
    return from_file | pairs_option("--set", "NAME=VALUE", pairs)


def due_drafts(made: Plan, claim: Claim, values: Mapping[str, object]) -> "tuple[tuple[Draft, ...], list[Fault]]":
    """The drafts of the messages that are due, and what is still needed to fill the others."""
    from atoz.messages.templates import fill  # noqa: PLC0415  (a plan without drafts does not wait for templates)

    filled: list[Draft] = []
    faults: dict[str, Fault] = {}
    for template in dict.fromkeys(action.template for action in made.now if action.template):
        try:
            filled.append(fill(template, claim, values))
        except InvalidDocument as invalid:
            faults |= {fault.path: fault for fault in with_flags(invalid).faults}
    return tuple(filled), list(faults.values())


def with_flags(invalid: InvalidDocument) -> InvalidDocument:
    """The error of a template whose values are missing, with the option to type in place of the Python argument."""
    faults = tuple(
        Fault(fault.path, fault.code, fault.message.replace(f"give it as {fault.path}=", f"--set {fault.path}="))
        for fault in invalid.faults
    )
    return InvalidDocument(invalid.what, faults)


def show_draft(draft: "Draft", language: Language) -> None:
    """Print a draft as it is to be sent, not wrapped; when to use it and what to know besides go to stderr."""
    for note in (draft.when, *draft.notes):
        sys.stderr.write(f"! {note.say(language)}\n")
    sys.stdout.write(f"{draft.text}\n")


def show_drafts(drafts: "tuple[Draft, ...] | None", language: Language) -> None:
    """Print the drafts, or that no message is due; nothing if no drafts were asked for."""
    for draft in drafts or ():
        show_draft(draft, language)
    if drafts == ():
        sys.stderr.write(f"! {say('message_none_due', language)}\n")

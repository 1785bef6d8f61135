"""`atoz editions`: which rules does atoz know, and where does each figure come from?"""

from enum import StrEnum
from typing import Annotated

import typer
from pydantic import TypeAdapter

from atoz.cli.files import read_object
from atoz.cli.options import AsJson, Lang, LanguageChoice
from atoz.cli.output import show, show_json
from atoz.lifecycle.diagram import diagram
from atoz.lifecycle.replay import read_claim
from atoz.model.claim import Claim
from atoz.model.events import AnyEvent
from atoz.model.order import Order
from atoz.model.status import ClaimStatus
from atoz.planner.plan import Plan
from atoz.planner.policy import Policy
from atoz.report.terminal import edition_view, editions_view
from atoz.rulebook.edition import Edition

editions = typer.Typer(help="Editions of the rules, and the source of every figure.", rich_markup_mode=None)


@editions.callback(invoke_without_command=True)
def list_editions(context: typer.Context, as_json: AsJson = False, lang: Lang = LanguageChoice.EN) -> None:
    """Every edition, a line each."""
    if context.invoked_subcommand is not None:
        return
    if as_json:
        show_json([each.model_dump(mode="json", by_alias=True) for each in Edition.all()])
    else:
        show(editions_view(Edition.all(), lang.value))


@editions.command("show")
def show_edition(
    edition: Annotated[str, typer.Argument(help="The edition's id.")],
    as_json: AsJson = False,
    lang: Lang = LanguageChoice.EN,
) -> None:
    """One edition: every figure with its source and confidence."""
    found = Edition.named(edition)
    if as_json:
        show_json(found.model_dump(mode="json", by_alias=True))
    else:
        show(edition_view(found, lang.value))


def read_status(
    text: Annotated[str, typer.Argument(help="The status as a page, an export or a person spells it.")],
    as_json: AsJson = False,
    lang: Lang = LanguageChoice.EN,
) -> None:
    """Which of the seven statuses does this text mean? It never guesses."""
    status = ClaimStatus.parse(text)
    if as_json:
        labels = {"en": status.label("en"), "zh": status.label("zh")}
        show_json({"status": status.value, "labels": labels, "meaning": status.meaning(lang.value)})
    else:
        show(f"{status.value}: {status.label(lang.value)}. {status.meaning(lang.value)}")


class SchemaChoice(StrEnum):
    """The documents."""

    CLAIM = "claim"
    ORDER = "order"
    EVENT = "event"
    PLAN = "plan"
    POLICY = "policy"
    EDITION = "edition"


def print_schema(
    document: Annotated[SchemaChoice, typer.Argument(help="Which document.")] = SchemaChoice.CLAIM,
) -> None:
    """The JSON Schema of a document."""
    documents: dict[SchemaChoice, TypeAdapter[object]] = {
        SchemaChoice.CLAIM: TypeAdapter(Claim),
        SchemaChoice.ORDER: TypeAdapter(Order),
        SchemaChoice.EVENT: TypeAdapter(AnyEvent),
        SchemaChoice.PLAN: TypeAdapter(Plan),
        SchemaChoice.POLICY: TypeAdapter(Policy),
        SchemaChoice.EDITION: TypeAdapter(Edition),
    }
    printed_only = document is SchemaChoice.PLAN
    show_json(documents[document].json_schema(mode="serialization" if printed_only else "validation"))


class FormChoice(StrEnum):
    """The forms of the picture."""

    MERMAID = "mermaid"
    DOT = "dot"
    MARKDOWN = "markdown"


def draw_diagram(
    file: Annotated[str | None, typer.Argument(help="A claim whose status is highlighted, or - .")] = None,
    form: Annotated[FormChoice, typer.Option("--form", help="What to draw it as.")] = FormChoice.MERMAID,
    lang: Lang = LanguageChoice.EN,
) -> None:
    """The state machine as Mermaid, Graphviz or a Markdown table."""
    claim = read_claim(read_object(file), what=file) if file else None
    typer.echo(diagram(form.value, claim=claim, language=lang.value))

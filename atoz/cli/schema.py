"""`atoz schema`: the JSON Schema of a document."""

from enum import StrEnum
from typing import Annotated

import typer
from pydantic import TypeAdapter

from atoz.cli.output import show_json
from atoz.model.claim import Claim
from atoz.model.events import AnyEvent
from atoz.model.order import Order
from atoz.planner.plan import Plan
from atoz.planner.policy import Policy
from atoz.rulebook.edition import Edition


class SchemaChoice(StrEnum):
    """The documents that have a schema."""

    CLAIM = "claim"
    ORDER = "order"
    EVENT = "event"
    PLAN = "plan"
    POLICY = "policy"
    EDITION = "edition"


def print_schema(
    document: Annotated[SchemaChoice, typer.Argument(help="Which document.")] = SchemaChoice.CLAIM,
) -> None:
    """Print the JSON Schema of a document."""
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

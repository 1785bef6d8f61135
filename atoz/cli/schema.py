"""`atoz schema`: the JSON Schema of a document, as a file of it is written.

What a person may leave out or write shorter in a file (money as text, a source by its key, a day as an instant) the
schema allows too. The same schemas lie beside this module in `schemas/`, for editors.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated

import typer
from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode

from atoz.cli.output import show_json
from atoz.errors import MissingExtra
from atoz.model.claim import Claim
from atoz.model.events import AnyEvent
from atoz.model.order import Order
from atoz.model.record import is_mapping
from atoz.planner.plan import Plan
from atoz.planner.policy import Policy
from atoz.planner.worklist import WorklistRow
from atoz.rulebook.edition import Edition

Schema = dict[str, object]


class SchemaChoice(StrEnum):
    """The documents that have a schema."""

    CLAIM = "claim"
    ORDER = "order"
    EVENT = "event"
    PLAN = "plan"
    WORKLIST_ROW = "worklist-row"
    POLICY = "policy"
    EDITION = "edition"
    SITUATION = "situation"
    WORLD = "world"


def print_schema(
    document: Annotated[SchemaChoice, typer.Argument(help="Which document.")] = SchemaChoice.CLAIM,
) -> None:
    """Print the JSON Schema of a document, draft 2020-12, as its file is written."""
    show_json(schema_of(document))


def schema_of(document: SchemaChoice) -> Schema:
    """The schema of a document: for those that atoz only writes, of what it writes; else of what it reads.

    Raises:
        MissingExtra: the document is read by `atoz.testing`, whose extra is not installed.
    """
    adapter = _ADAPTERS[document]()
    mode: JsonSchemaMode = "serialization" if document in _WRITTEN else "validation"
    made: Schema = adapter.json_schema(mode=mode)
    if document in {SchemaChoice.POLICY, SchemaChoice.EDITION}:
        made = _sources_by_key(made)
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        "$id": f"urn:atoz-claims:schema:{document.value}:1",
        "title": f"atoz: {document.value}",
        "description": _DESCRIPTIONS[document],
        **{key: value for key, value in made.items() if key not in {"title", "description"}},
    }


def _sources_by_key(made: Schema) -> Schema:
    """The same schema where a row may name a source by its key in `sources` instead of repeating it."""
    definitions = made.get("$defs")
    for name, definition in (definitions if is_mapping(definitions) else {}).items():
        properties = definition.get("properties") if is_mapping(definition) else None
        if is_mapping(properties) and is_mapping(cited := properties.get("source")) and name != "Source":
            said = cited.get("description", "")
            properties["source"] = {
                "anyOf": [{"type": "string", "description": "A key of `sources`."}, {"$ref": "#/$defs/Source"}],
                "description": said,
            }
    return made


def _situations() -> TypeAdapter[object]:
    try:
        from atoz.testing.situations import SituationFile  # noqa: PLC0415  (its extra is not everybody's)
    except ImportError as error:
        raise MissingExtra("atoz schema situation", "testing") from error
    return TypeAdapter(SituationFile)


def _world() -> TypeAdapter[object]:
    try:
        from atoz.testing.world import World  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtra("atoz schema world", "testing") from error
    return TypeAdapter(World)


_WRITTEN = {SchemaChoice.PLAN, SchemaChoice.WORKLIST_ROW}
_ADAPTERS: dict[SchemaChoice, Callable[[], TypeAdapter[object]]] = {
    SchemaChoice.CLAIM: lambda: TypeAdapter(Claim),
    SchemaChoice.ORDER: lambda: TypeAdapter(Order),
    SchemaChoice.EVENT: lambda: TypeAdapter(AnyEvent),
    SchemaChoice.PLAN: lambda: TypeAdapter(Plan),
    SchemaChoice.WORKLIST_ROW: lambda: TypeAdapter(WorklistRow),
    SchemaChoice.POLICY: lambda: TypeAdapter(Policy),
    SchemaChoice.EDITION: lambda: TypeAdapter(Edition),
    SchemaChoice.SITUATION: _situations,
    SchemaChoice.WORLD: _world,
}
_DESCRIPTIONS = {
    SchemaChoice.CLAIM: "One A-to-z Guarantee claim: the order, the reason, and everything that happened.",
    SchemaChoice.ORDER: "The order that a claim is about.",
    SchemaChoice.EVENT: "One thing that happened to a claim, told apart by its kind.",
    SchemaChoice.PLAN: "What to do about one claim at one instant, as `atoz plan --json` prints it.",
    SchemaChoice.WORKLIST_ROW: "One claim of a worklist, as `atoz plan --json` prints it for many claims.",
    SchemaChoice.POLICY: "An escalation policy: the seller's own strategy, as a TOML file.",
    SchemaChoice.EDITION: "One dated, cited edition of the rules, as a TOML file.",
    SchemaChoice.SITUATION: "Cases for a policy, as a TOML file: a claim, an instant, and what is expected.",
    SchemaChoice.WORLD: "What the buyer and Amazon do, as a TOML file for `atoz policy simulate --world`.",
}

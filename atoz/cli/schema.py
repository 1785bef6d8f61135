"""`atoz schema`: the JSON Schema of a document, as a file of it is written.

What a person may leave out or write shorter in a file (money as text, a source by its key, a day as an instant) the
schema allows too. The same schemas lie beside this module in `schemas/`, for editors.
"""

from collections.abc import Callable
from enum import StrEnum
from importlib import import_module
from typing import Annotated, cast

import typer
from pydantic import Field, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode

from atoz.cli.output import show_json
from atoz.cli.window import WindowAnswer
from atoz.errors import MissingExtra
from atoz.model.claim import Claim
from atoz.model.events import AnyEvent
from atoz.model.order import Order
from atoz.model.record import Document, is_mapping
from atoz.planner.plan import Plan
from atoz.planner.policy import Policy
from atoz.planner.prevention import PreventionPlan
from atoz.planner.worklist import Worklist, WorklistRow
from atoz.rulebook.deadlines import Deadline
from atoz.rulebook.edition import Edition
from atoz.rulebook.filing_window import FilingWindow
from atoz.sources.notices.notice_record import Notice
from atoz.sources.odr_rate import OdrReport
from atoz.sources.reconciliation.suggestions import Reconciliation
from atoz.sources.records import AnyRecord
from atoz.sources.transactions.transaction import Transaction

Schema = dict[str, object]


class SchemaChoice(StrEnum):
    """The documents that have a schema."""

    CLAIM = "claim"
    ORDER = "order"
    EVENT = "event"
    PLAN = "plan"
    PREVENTION_PLAN = "prevention-plan"
    WORKLIST = "worklist"
    WORKLIST_ROW = "worklist-row"
    WINDOW = "window"
    DEADLINE = "deadline"
    ODR = "odr"
    RECORD = "record"
    NOTICE = "notice"
    TRANSACTION = "transaction"
    RECONCILIATION = "reconciliation"
    INBOX = "inbox"
    POLICY = "policy"
    EDITION = "edition"
    SITUATION = "situation"
    WORLD = "world"
    EXPLORATION = "exploration"
    SIMULATION = "simulation"


def print_schema(
    document: Annotated[
        SchemaChoice, typer.Argument(metavar="DOCUMENT", help="Which document: " + ", ".join(SchemaChoice) + ".")
    ] = SchemaChoice.CLAIM,
) -> None:
    """Print the JSON Schema (draft 2020-12) of a document."""
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
    if document is SchemaChoice.WINDOW:
        made = _joined(made, TypeAdapter(WindowAnswer).json_schema(mode=mode))
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        "$id": f"urn:atoz-claims:schema:{document.value}:1",
        "title": f"atoz: {document.value}",
        "description": _DESCRIPTIONS[document],
        **{key: value for key, value in made.items() if key not in {"title", "description"}},
    }


def _joined(made: Schema, more: Schema) -> Schema:
    """The schema of an object with the members of both; those of the second may be left out."""
    joined = dict(made)
    for key in ("$defs", "properties"):
        first, second = made.get(key), more.get(key)
        joined[key] = {**(first if is_mapping(first) else {}), **(second if is_mapping(second) else {})}
    return joined


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


def _optional(command: str, extra: str, module: str, name: str) -> TypeAdapter[object]:
    """The adapter of a record whose room needs an extra, which is not everybody's."""
    try:
        record = cast("type[Document]", getattr(import_module(module), name))
    except ImportError as error:
        raise MissingExtra(f"atoz schema {command}", extra) from error
    return TypeAdapter(record)


_TESTING = "atoz.testing"
_WRITTEN = {
    SchemaChoice.PLAN,
    SchemaChoice.PREVENTION_PLAN,
    SchemaChoice.WORKLIST,
    SchemaChoice.WORKLIST_ROW,
    SchemaChoice.WINDOW,
    SchemaChoice.DEADLINE,
    SchemaChoice.ODR,
    SchemaChoice.RECONCILIATION,
    SchemaChoice.INBOX,
    SchemaChoice.EXPLORATION,
    SchemaChoice.SIMULATION,
}
_ADAPTERS: dict[SchemaChoice, Callable[[], TypeAdapter[object]]] = {
    SchemaChoice.CLAIM: lambda: TypeAdapter(Claim),
    SchemaChoice.ORDER: lambda: TypeAdapter(Order),
    SchemaChoice.EVENT: lambda: TypeAdapter(AnyEvent),
    SchemaChoice.PLAN: lambda: TypeAdapter(Plan),
    SchemaChoice.PREVENTION_PLAN: lambda: TypeAdapter(PreventionPlan),
    SchemaChoice.WORKLIST: lambda: TypeAdapter(Worklist),
    SchemaChoice.WORKLIST_ROW: lambda: TypeAdapter(WorklistRow),
    SchemaChoice.WINDOW: lambda: TypeAdapter(FilingWindow),
    SchemaChoice.DEADLINE: lambda: TypeAdapter(Deadline),
    SchemaChoice.ODR: lambda: TypeAdapter(OdrReport),
    SchemaChoice.RECORD: lambda: TypeAdapter(Annotated[AnyRecord, Field(discriminator="kind")]),
    SchemaChoice.NOTICE: lambda: TypeAdapter(Notice),
    SchemaChoice.TRANSACTION: lambda: TypeAdapter(Transaction),
    SchemaChoice.RECONCILIATION: lambda: TypeAdapter(Reconciliation),
    SchemaChoice.INBOX: lambda: _optional("inbox", "inbox", "atoz.inbox.run", "InboxResult"),
    SchemaChoice.POLICY: lambda: TypeAdapter(Policy),
    SchemaChoice.EDITION: lambda: TypeAdapter(Edition),
    SchemaChoice.SITUATION: lambda: _optional("situation", "testing", f"{_TESTING}.situations", "SituationFile"),
    SchemaChoice.WORLD: lambda: _optional("world", "testing", f"{_TESTING}.world", "World"),
    SchemaChoice.EXPLORATION: lambda: _optional(
        "exploration", "testing", f"{_TESTING}.explorer.exploration", "Exploration"
    ),
    SchemaChoice.SIMULATION: lambda: _optional("simulation", "testing", f"{_TESTING}.simulation", "Simulation"),
}
_DESCRIPTIONS = {
    SchemaChoice.CLAIM: "One A-to-z Guarantee claim: the order, the reason, and everything that happened.",
    SchemaChoice.ORDER: "The order that a claim is about.",
    SchemaChoice.EVENT: "One thing that happened to a claim, told apart by its kind.",
    SchemaChoice.PLAN: "What to do about one claim at one instant, as `atoz plan --json` prints it.",
    SchemaChoice.PREVENTION_PLAN: "What an order asks for before a claim, as `atoz plan --json` prints it.",
    SchemaChoice.WORKLIST: "What to do about many claims, as `atoz plan --json` prints it for JSON Lines or a store.",
    SchemaChoice.WORKLIST_ROW: "One claim of a worklist.",
    SchemaChoice.WINDOW: "When the buyer may file, and the verdict on a day, as `atoz window --json` prints it.",
    SchemaChoice.DEADLINE: "One deadline of one claim, as a plan lists it.",
    SchemaChoice.ODR: "The Order Defect Rate of each channel, as `atoz odr --json` prints it.",
    SchemaChoice.RECORD: "One line of what `atoz import` writes, told apart by its kind.",
    SchemaChoice.NOTICE: "What a mail of Amazon says of a claim, as `atoz import` writes it.",
    SchemaChoice.TRANSACTION: "Money that moved on an order, as `atoz import` writes it.",
    SchemaChoice.RECONCILIATION: "A claim compared with imported records, as `atoz reconcile --json` prints it.",
    SchemaChoice.INBOX: "What a run over the mail did, as `atoz inbox --json` prints it.",
    SchemaChoice.POLICY: "An escalation policy: the seller's own strategy, as a TOML file.",
    SchemaChoice.EDITION: "One dated, cited edition of the rules, as a TOML file.",
    SchemaChoice.SITUATION: "Cases for a policy, as a TOML file: a claim, an instant, and what is expected.",
    SchemaChoice.WORLD: "What the buyer and Amazon do, as a TOML file for `atoz policy simulate --world`.",
    SchemaChoice.EXPLORATION: "What was played and what went wrong, as `atoz policy check --json` prints it.",
    SchemaChoice.SIMULATION: "How a claim went on under a policy, as `atoz policy simulate --json` prints it.",
}

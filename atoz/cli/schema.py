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

from atoz.audit.audit_result import Audit
from atoz.audit.audit_summary import AuditSummary
from atoz.audit.backtest_result import Backtest
from atoz.cli.answers import (
    AllowedMessages,
    ContradictionList,
    EditionList,
    MessageCheck,
    PlanAnswer,
    TemplateList,
)
from atoz.cli.batch import BatchResult
from atoz.cli.output import show_json
from atoz.cli.status import StatusAnswer
from atoz.cli.window_answer import WindowAnswer
from atoz.errors import MissingExtra
from atoz.messages.templates import Draft
from atoz.model.claim import Claim
from atoz.model.events import AnyEvent
from atoz.model.order import Order
from atoz.model.record import Record, is_mapping
from atoz.planner.policy import Policy
from atoz.planner.prevention import PreventionPlan
from atoz.planner.worklist import Worklist, WorklistRow
from atoz.rulebook.deadlines import Deadline
from atoz.rulebook.edition import Edition
from atoz.rulebook.edition_comparison import Comparison
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
    TEAM = "team"
    TEAM_CHECK = "team-check"
    EXPLORATION = "exploration"
    POLICY_DIFF = "policy-diff"
    SIMULATION = "simulation"
    AUDIT = "audit"
    AUDIT_SUMMARY = "audit-summary"
    BACKTEST = "backtest"
    IMPACT = "impact"
    WINDOW_COMPARISON = "window-comparison"
    STATUS = "status"
    EDITIONS = "editions"
    CONTRADICTIONS = "contradictions"
    MESSAGE_CHECK = "message-check"
    MESSAGE_TEMPLATES = "message-templates"
    ALLOWED_MESSAGES = "allowed-messages"
    DRAFT = "draft"
    APPEAL_PACKET = "appeal-packet"
    BATCH_RESULT = "batch-result"
    STORED_CLAIM = "stored-claim"
    CLAIM_LOG = "claim-log"
    VERIFICATION = "verification"
    LOAD_RESULT = "load-result"
    FORGOTTEN = "forgotten"
    UPGRADED = "upgraded"


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
    adapter = adapter_of(document)
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


def adapter_of(document: SchemaChoice) -> TypeAdapter[object]:
    """What reads a document from its JSON and writes it.

    Raises:
        MissingExtra: it belongs to a part of atoz whose extra is not installed.
    """
    return _ADAPTERS[document]()


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
        record = cast("type[Record]", getattr(import_module(module), name))
    except ImportError as error:
        raise MissingExtra(f"atoz schema {command}", extra) from error
    return TypeAdapter(record)


def _stored(module: str, name: str) -> TypeAdapter[object]:
    return _optional("store", "store", f"atoz.store.{module}", name)


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
    SchemaChoice.POLICY_DIFF,
    SchemaChoice.SIMULATION,
    SchemaChoice.TEAM_CHECK,
    SchemaChoice.AUDIT,
    SchemaChoice.AUDIT_SUMMARY,
    SchemaChoice.BACKTEST,
    SchemaChoice.IMPACT,
    SchemaChoice.WINDOW_COMPARISON,
    SchemaChoice.STATUS,
    SchemaChoice.EDITIONS,
    SchemaChoice.CONTRADICTIONS,
    SchemaChoice.MESSAGE_CHECK,
    SchemaChoice.MESSAGE_TEMPLATES,
    SchemaChoice.ALLOWED_MESSAGES,
    SchemaChoice.DRAFT,
    SchemaChoice.APPEAL_PACKET,
    SchemaChoice.BATCH_RESULT,
    SchemaChoice.STORED_CLAIM,
    SchemaChoice.CLAIM_LOG,
    SchemaChoice.VERIFICATION,
    SchemaChoice.LOAD_RESULT,
    SchemaChoice.FORGOTTEN,
    SchemaChoice.UPGRADED,
}
_ADAPTERS: dict[SchemaChoice, Callable[[], TypeAdapter[object]]] = {
    SchemaChoice.CLAIM: lambda: TypeAdapter(Claim),
    SchemaChoice.ORDER: lambda: TypeAdapter(Order),
    SchemaChoice.EVENT: lambda: TypeAdapter(AnyEvent),
    SchemaChoice.PLAN: lambda: TypeAdapter(PlanAnswer),
    SchemaChoice.PREVENTION_PLAN: lambda: TypeAdapter(PreventionPlan),
    SchemaChoice.WORKLIST: lambda: TypeAdapter(Worklist),
    SchemaChoice.WORKLIST_ROW: lambda: TypeAdapter(WorklistRow),
    SchemaChoice.WINDOW: lambda: TypeAdapter(WindowAnswer),
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
    SchemaChoice.TEAM: lambda: _optional("team", "testing", f"{_TESTING}.team.team", "Team"),
    SchemaChoice.TEAM_CHECK: lambda: _optional("team-check", "testing", f"{_TESTING}.team.team_result", "TeamCheck"),
    SchemaChoice.EXPLORATION: lambda: _optional(
        "exploration", "testing", f"{_TESTING}.explorer.exploration", "Exploration"
    ),
    SchemaChoice.POLICY_DIFF: lambda: _optional(
        "policy-diff", "testing", f"{_TESTING}.policy_differences", "PolicyDiff"
    ),
    SchemaChoice.SIMULATION: lambda: _optional("simulation", "testing", f"{_TESTING}.simulation", "Simulation"),
    SchemaChoice.AUDIT: lambda: TypeAdapter(Audit),
    SchemaChoice.AUDIT_SUMMARY: lambda: TypeAdapter(AuditSummary),
    SchemaChoice.BACKTEST: lambda: TypeAdapter(Backtest),
    SchemaChoice.IMPACT: lambda: _optional("impact", "testing", "atoz.cli.impact", "ImpactAnswer"),
    SchemaChoice.WINDOW_COMPARISON: lambda: TypeAdapter(Comparison),
    SchemaChoice.STATUS: lambda: TypeAdapter(StatusAnswer),
    SchemaChoice.EDITIONS: lambda: TypeAdapter(EditionList),
    SchemaChoice.CONTRADICTIONS: lambda: TypeAdapter(ContradictionList),
    SchemaChoice.MESSAGE_CHECK: lambda: TypeAdapter(MessageCheck),
    SchemaChoice.MESSAGE_TEMPLATES: lambda: TypeAdapter(TemplateList),
    SchemaChoice.ALLOWED_MESSAGES: lambda: TypeAdapter(AllowedMessages),
    SchemaChoice.DRAFT: lambda: TypeAdapter(Draft),
    SchemaChoice.APPEAL_PACKET: lambda: _optional("packet", "report", "atoz.report.appeal_packet", "AppealPacket"),
    SchemaChoice.BATCH_RESULT: lambda: TypeAdapter(BatchResult),
    SchemaChoice.STORED_CLAIM: lambda: _stored("entries", "StoredClaim"),
    SchemaChoice.CLAIM_LOG: lambda: _stored("entries", "ClaimLog"),
    SchemaChoice.VERIFICATION: lambda: _stored("verification", "Verification"),
    SchemaChoice.LOAD_RESULT: lambda: _stored("exchange", "LoadResult"),
    SchemaChoice.FORGOTTEN: lambda: _stored("forgetting", "Forgotten"),
    SchemaChoice.UPGRADED: lambda: _stored("upgrading", "Upgraded"),
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
    SchemaChoice.TEAM: "Who handles claims, and when, as a TOML file for `atoz policy check --team`.",
    SchemaChoice.TEAM_CHECK: "A policy against a team's hours, as `atoz policy check --team --json` prints it.",
    SchemaChoice.EXPLORATION: "What was played and what went wrong, as `atoz policy check --json` prints it.",
    SchemaChoice.POLICY_DIFF: "What two policies advise differently, as `atoz policy diff --json` prints it.",
    SchemaChoice.SIMULATION: "How a claim went on under a policy, as `atoz policy simulate --json` prints it.",
    SchemaChoice.AUDIT: "Where a history left a policy, as `atoz audit --json` prints it.",
    SchemaChoice.AUDIT_SUMMARY: "What audits add up to: the last line of `atoz audit --json` for many claims.",
    SchemaChoice.IMPACT: "What a change of rules means, as `atoz editions impact --json` prints it.",
    SchemaChoice.BACKTEST: "Policies over closed claims, as `atoz backtest --json` prints it.",
    SchemaChoice.WINDOW_COMPARISON: "The windows of every edition, as `atoz window --compare --json` prints them.",
    SchemaChoice.STATUS: "Which status a text means, as `atoz status --json` prints it.",
    SchemaChoice.EDITIONS: "The editions of the rules, as `atoz editions --json` prints them.",
    SchemaChoice.CONTRADICTIONS: "Where sources disagree, as `atoz editions contradictions --json` prints it.",
    SchemaChoice.MESSAGE_CHECK: "What is wrong with a message, as `atoz message check --json` prints it.",
    SchemaChoice.MESSAGE_TEMPLATES: "The message templates, as `atoz message list --json` prints them.",
    SchemaChoice.ALLOWED_MESSAGES: "What Amazon lets one send, as `atoz message allowed --json` prints it.",
    SchemaChoice.DRAFT: "A filled template, as `atoz message fill --json` prints it.",
    SchemaChoice.APPEAL_PACKET: "The facts of a claim for an appeal, as `atoz packet --json` prints them.",
    SchemaChoice.BATCH_RESULT: "What a run over a file did, as `atoz batch --json` prints it.",
    SchemaChoice.STORED_CLAIM: "One line of `atoz store list --json`.",
    SchemaChoice.CLAIM_LOG: "What was learnt about a claim, as `atoz store log --json` prints it.",
    SchemaChoice.VERIFICATION: "Whether a store is whole, as `atoz store verify --json` prints it.",
    SchemaChoice.LOAD_RESULT: "What a file brought into a store, as `atoz store load --json` prints it.",
    SchemaChoice.FORGOTTEN: "What was deleted, as `atoz store forget --json` prints it.",
    SchemaChoice.UPGRADED: "What an upgrade did, as `atoz store upgrade --json` prints it.",
}

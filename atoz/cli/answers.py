"""Documents that only a command prints: lists of what ships, and a result together with what was asked besides."""

from typing import Literal

from pydantic import Field

from atoz.messages.findings import Finding, MessageKind
from atoz.messages.templates import Draft, Template
from atoz.model.record import Document, Record
from atoz.planner.actions import Action
from atoz.planner.plan import Plan
from atoz.rulebook.contradictions import Contradiction
from atoz.rulebook.edition import Edition


class EditionList(Document):
    """What `atoz editions --json` prints."""

    kind: Literal["editions"] = Field(default="editions", description="Says that this document lists editions.")
    editions: tuple[Edition, ...] = Field(description="Every edition that ships or that a package offers.")


class ContradictionList(Document):
    """What `atoz editions contradictions --json` prints."""

    kind: Literal["contradictions"] = Field(
        default="contradictions", description="Says that this document lists contradictions between sources."
    )
    contradictions: tuple[Contradiction, ...] = Field(description="Every contradiction that was met.")


class TemplateList(Document):
    """What `atoz message list --json` prints."""

    kind: Literal["message_templates"] = Field(
        default="message_templates", description="Says that this document lists message templates."
    )
    templates: tuple[Template, ...] = Field(description="Every template that ships.")


class MessageCheck(Document):
    """What `atoz message check --json` prints."""

    kind: Literal["message_check"] = Field(
        default="message_check", description="Says that this document is the result of a check."
    )
    message_kind: MessageKind = Field(description="Who receives the message, and what prompts it.")
    languages: tuple[str, ...] = Field(description="ISO 639 codes of its languages, the main one first.")
    findings: tuple[Finding, ...] = Field(description="In the order of the text; none is no promise that it is right.")


class AllowedMessage(Record):
    """One message type that Amazon allows now."""

    name: str = Field(description="Its name in the Messaging API.")
    action: Action = Field(description="The action of a plan that it carries out.")


class AllowedMessages(Document):
    """What `atoz message allowed --json` prints."""

    kind: Literal["allowed_messages"] = Field(
        default="allowed_messages", description="Says that this document lists what may be sent."
    )
    messages: tuple[AllowedMessage, ...] = Field(description="The message types, by name.")


class PlanAnswer(Plan):
    """What `atoz plan --json` prints of one claim: its plan, and the messages that were asked for."""

    drafts: tuple[Draft, ...] = Field(default=(), description="With --draft: the messages that are due.")

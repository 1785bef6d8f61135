"""JSON Schema: every field is described, and a document that is read fits its schema."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter

from atoz.lifecycle.operations import open_claim
from atoz.model.claim import Claim
from atoz.model.events import EVENT_CLASSES, AnyEvent
from atoz.model.marketplace import Marketplace
from atoz.model.money import Money
from atoz.model.order import Order
from atoz.model.status import ClaimStatus
from atoz.planner.plan import Plan
from atoz.planner.policy import Policy
from atoz.planner.worklist import WorklistRow
from atoz.rulebook.edition import Edition
from atoz.rulebook.edition_comparison import Comparison

DOCUMENTS: list[type[BaseModel]] = [Order, Claim, Money, Marketplace, Plan, WorklistRow, Policy, Edition, Comparison]


Schema = dict[str, Any]


def undescribed(schema: Schema, where: str) -> Iterator[str]:
    """Every field of an object without words, its own or those of what it refers to.

    `kind` and `actor` of an event are constants and speak for themselves.
    """
    definitions: dict[str, Schema] = schema.get("$defs", {})
    for place, each in ((where, schema), *definitions.items()):
        for name, field in each.get("properties", {}).items():
            target = definitions.get(str(field.get("$ref")).rpartition("/")[2], {})
            constant = "const" in field or (name == "actor" and "enum" in field)
            if not constant and not field.get("description") and not target.get("description"):
                yield f"{place}.{name}"


@pytest.mark.parametrize("mode", ["validation", "serialization"])
@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda each: each.__name__)
def test_every_field_is_described(document: type[BaseModel], mode: str) -> None:
    """Documents, and everything inside them, in what is read and in what is written."""
    schema = document.model_json_schema(mode="validation" if mode == "validation" else "serialization")
    bilingual = {"Text.en", "Text.zh"}
    assert set(undescribed(schema, document.__name__)) <= bilingual


def test_every_event_is_described() -> None:
    """The union of events has a discriminator, one entry per kind, and words on every field."""
    schema = TypeAdapter[AnyEvent](AnyEvent).json_schema()
    assert set(schema["discriminator"]["mapping"]) == set(EVENT_CLASSES)
    assert not list(undescribed(schema, "event"))
    assert all(schema["$defs"][cls.__name__].get("description") for cls in EVENT_CLASSES.values())


def test_kinds_name_their_classes() -> None:
    """A kind is its class name in snake case, and a status-changing kind leads where its name says."""
    for kind, cls in EVENT_CLASSES.items():
        words = "".join(f"_{each.lower()}" if each.isupper() else each for each in cls.__name__).lstrip("_")
        assert kind == words
        if kind in {status.value for status in ClaimStatus}:
            assert cls.leads_to == kind


def test_the_status_of_a_claim_need_not_be_written() -> None:
    """It is taken from the history, so the schema of what is read asks for order, reason and history alone."""
    assert set(Claim.model_json_schema()["required"]) == {"order", "reason", "history"}
    assert "status" in Claim.model_json_schema(mode="serialization")["properties"]


def test_schemas_forbid_unknown_fields() -> None:
    """What is refused when read is refused by the schema too."""
    schema = Claim.model_json_schema()
    objects = [schema, *(each for each in schema["$defs"].values() if each.get("type") == "object")]
    assert all(each["additionalProperties"] is False for each in objects)
    assert open_claim.__doc__

"""Message templates: our own wording as data, filled from an order, a claim and what the seller gives."""

from collections.abc import Container, Iterator, Mapping
from functools import cache
from string import Formatter
from typing import Literal

from pydantic import Field, computed_field, model_validator
from pydantic_core import PydanticCustomError

from atoz.errors import Fault, InvalidDocument, UnknownName, nearest_names
from atoz.messages.buyer_languages import buyer_languages, language_name
from atoz.messages.findings import MessageKind
from atoz.messages.placeholders import Value, placeholders, typed, values_of, written
from atoz.model.claim import Claim
from atoz.model.data_files import read_toml
from atoz.model.order import Order
from atoz.model.record import Document, Record, is_mapping, read_document, without_computed
from atoz.model.text import Text, phrases
from atoz.model.text import fill as fill_phrase
from atoz.planner.plan import Plan


def _named_in(text: str) -> tuple[str, ...]:
    """The placeholders of a text, each once."""
    return tuple(dict.fromkeys(name for _, name, _, _ in Formatter().parse(text) if name is not None))


class Template(Record):
    """One message with placeholders.

    >>> Template.named("lost").needs
    ('order_id', 'carrier', 'shipped_on', 'tracking_number', 'item', 'seller_name')
    """

    id: str = Field(pattern="^[a-z][a-z0-9_]*$", description="Its id; escalation policies name it.")
    kind: MessageKind = Field(description="Whom it goes to and what prompts it.")
    title: Text = Field(description="What it is called.")
    when: Text = Field(description="When to use it.")
    text: str = Field(min_length=1, description="The words, with {placeholders}.")
    optional: tuple[str, ...] = Field(
        default=(), description="Placeholders without whose value their paragraph is left out; the others are needed."
    )
    notes: tuple[Text, ...] = Field(default=(), description="What to know besides.")

    @model_validator(mode="before")
    @classmethod
    def _without_what_is_computed(cls, data: object) -> object:
        return without_computed(cls, data)

    @model_validator(mode="after")
    def _known_placeholders(self) -> "Template":
        names = self._names
        unknown = [name for name in names if name not in placeholders()]
        if unknown:
            message = f"unknown placeholders: {', '.join(unknown)}"
            raise ValueError(message)
        unused = [name for name in self.optional if name not in names]
        if unused:
            message = f"optional placeholders that the text does not use: {', '.join(unused)}"
            raise ValueError(message)
        if any(spec or conversion for _, _, spec, conversion in Formatter().parse(self.text)):
            message = "a placeholder is a name alone"
            raise ValueError(message)
        return self

    @property
    def audience(self) -> Literal["buyer", "amazon"]:
        """Who reads it."""
        return "amazon" if self.kind is MessageKind.AMAZON else "buyer"

    @computed_field(description="The placeholders it cannot do without.")  # type: ignore[prop-decorator]
    @property
    def needs(self) -> tuple[str, ...]:
        """The placeholders it cannot do without, in the order of the text."""
        return tuple(name for name in self._names if name not in self.optional)

    @property
    def _names(self) -> tuple[str, ...]:
        """Its placeholders, in the order of the text."""
        return _named_in(self.text)

    def paragraphs(self, known: Container[str]) -> str:
        """Its text without the paragraphs that name an optional placeholder whose value is not known."""
        lacking = {name for name in self.optional if name not in known}
        paragraphs = self.text.strip().split("\n\n")
        return "\n\n".join(text for text in paragraphs if lacking.isdisjoint(_named_in(text)))

    @staticmethod
    def all() -> "tuple[Template, ...]":
        """Every template that ships: to buyers first, in the order of the data files."""
        return tuple(_index().values())

    @staticmethod
    def named(template: str) -> "Template":
        """The template of this id.

        Raises:
            UnknownName: there is none; the nearest ids are named.
        """
        known = _index().get(template)
        if known is None:
            raise UnknownName.with_suggestions("message template", template, sorted(_index()))
        return known


class Draft(Document):
    """A filled template, ready to be read over and sent."""

    kind: Literal["draft"] = Field(default="draft", description="Says that this document is a draft.")
    template: str = Field(description="The template it was made from.")
    message_kind: MessageKind = Field(description="Whom it goes to and what prompts it.")
    text: str = Field(description="The words, in English.")
    buyer_languages: tuple[str, ...] = Field(
        default=(), description="ISO 639 codes of the languages its buyer reads, the main one first; none to Amazon."
    )
    when: Text = Field(description="When to use it.")
    notes: tuple[Text, ...] = Field(description="What to know besides.")


def fill(template: Template | str, about: Order | Claim, values: Mapping[str, object] | None = None) -> Draft:
    """A template filled from an order or a claim; the seller gives what these cannot know.

    >>> from datetime import UTC, datetime
    >>> order = Order(order_id="123-1234567-1234567", marketplace="US", placed_at=datetime(2016, 6, 1, tzinfo=UTC))
    >>> fill("lost", order, {"carrier": "UPS", "item": "the lamp", "seller_name": "Lamps"})
    Traceback (most recent call last):
    atoz.errors.InvalidDocument: template lost: 2 problems
      shipped_on: a value for "day of dispatch" is needed; give it as shipped_on=...
      tracking_number: a value for "tracking number" is needed; give it as tracking_number=...

    Raises:
        UnknownName: no such template.
        InvalidDocument: a value is missing, blank, of the wrong type, or given for something that the record says.
        MissingExtra: the extra `messages` is not installed.
    """
    chosen = template if isinstance(template, Template) else Template.named(template)
    order, claim = (about.order, about) if isinstance(about, Claim) else (about, None)
    faults: list[Fault] = []
    known = values_of(order, claim) | dict(_given(values or {}, faults))
    faulty = {fault.path for fault in faults}
    faults += [_missing(name) for name in chosen.needs if name not in known and name not in faulty]
    if faults:
        raise InvalidDocument(f"template {chosen.id}", tuple(faults))
    text = chosen.paragraphs(known)
    text = text.format(**{name: written(known[name], order.marketplace) for name in _named_in(text)})
    owed = buyer_languages(order.marketplace) if chosen.audience == "buyer" else ()
    left_out = (name for name in chosen.optional if name not in known and placeholders()[name].origin == "seller")
    notes = (*chosen.notes, *map(_left_out, left_out))
    if owed and "en" not in owed:
        notes = (_translate(owed), *notes)
    return Draft(
        template=chosen.id, message_kind=chosen.kind, text=text, buyer_languages=owed, when=chosen.when, notes=notes
    )


def _translate(codes: tuple[str, ...]) -> Text:
    between = phrases("atoz.messages")["draft_language_or"]
    english = between.en.join(language_name(code, "en") for code in codes)
    chinese = between.zh.join(language_name(code, "zh") for code in codes)
    known = Text(en=english, zh=chinese)
    return fill_phrase("atoz.messages", "draft_language", languages=known)


def _left_out(name: str) -> Text:
    return fill_phrase("atoz.messages", "draft_left_out", what=placeholders()[name].label, name=name)


def _given(values: Mapping[str, object], faults: list[Fault]) -> Iterator[tuple[str, Value]]:
    """What the seller gave, typed; what does not fit is added to the faults."""
    for name, value in values.items():
        known = placeholders().get(name)
        if known is None:
            near = nearest_names(name, placeholders(), limit=1)
            faults.append(Fault(name, "unknown_placeholder", f"no such placeholder{_hint(near)}"))
        elif known.origin != "seller":
            faults.append(Fault(name, "not_yours_to_give", f"this comes from the {known.origin}; correct it there"))
        else:
            try:
                yield name, typed(name, value)
            except PydanticCustomError as error:
                faults.append(Fault(name, error.type, error.message()))


def _hint(near: tuple[str, ...]) -> str:
    return f"; did you mean {near[0]}?" if near else ""


def _missing(name: str) -> Fault:
    wanted = placeholders()[name]
    how = f"give it as {name}=..." if wanted.origin == "seller" else f"the {wanted.origin} does not have it"
    return Fault(name, "missing_value", f'a value for "{wanted.label.en}" is needed; {how}')


class _File(Record):
    templates: tuple[Template, ...]


@cache
def _index() -> dict[str, Template]:
    names = ("buyer.toml", "amazon.toml")
    return {template.id: template for name in names for template in _read(name)}


def _read(name: str) -> tuple[Template, ...]:
    rows = read_toml("atoz.messages", f"templates/{name}")
    named = [{"id": key, **row} if is_mapping(row) else row for key, row in rows.items()]
    return read_document(_File, {"templates": named}, what=name).templates


def drafts(plan: Plan, claim: Claim, values: Mapping[str, object] | None = None) -> tuple[Draft, ...]:
    """A draft for each action to take now that names a template, in the plan's order.

    Raises:
        InvalidDocument: a value is missing, blank or of the wrong type; the faults of all drafts together.
        UnknownName: the policy names a template that does not ship.
        MissingExtra: the extra `messages` is not installed.
    """
    filled: list[Draft] = []
    faults: dict[str, Fault] = {}
    for template in dict.fromkeys(action.template for action in plan.now if action.template):
        try:
            filled.append(fill(template, claim, values))
        except InvalidDocument as invalid:
            faults |= {fault.path: fault for fault in invalid.faults}
    if faults:
        raise InvalidDocument("drafts", tuple(faults.values()))
    return tuple(filled)

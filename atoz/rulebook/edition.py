"""An edition: one dated, cited state of Amazon's rules, read from TOML: those of `editions/`, and your own."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache, lru_cache
from hashlib import sha256
from typing import Literal, LiteralString

from pydantic import Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from atoz.errors import EditionMissing, Fault, InvalidDocument, MissingRule, UnknownName
from atoz.model.citation import Source, with_sources
from atoz.model.claim import EditionId
from atoz.model.data_files import read_record, toml_names
from atoz.model.instant import Day
from atoz.model.order import Country
from atoz.model.record import Document, Record, is_mapping, is_sequence, parse_toml, read_document
from atoz.model.text import Text
from atoz.rulebook.edition_plugins import left_out, plugin_editions
from atoz.rulebook.edition_validation import parameter_faults
from atoz.rulebook.parameter import Parameter

DEFAULT_EDITION = "faq-2016"
IN_FORCE = "in-force"
"""Ask for this instead of an id, and the edition is picked by marketplace and day."""


class InForce(Record):
    """The days on which an edition is supported as the one in force; both included."""

    first: Day = Field(alias="from", description="First day.")
    last: Day | None = Field(default=None, alias="until", description="Last day; none while nothing newer is known.")

    def covers(self, day: date) -> bool:
        """Whether the edition is supported on this day."""
        return self.first <= day and (self.last is None or day <= self.last)


class Edition(Document):
    """One edition of the rules: one that ships with atoz, or one of your own.

    >>> Edition.named("faq-2016").parameter("answer_amazon").value
    7
    """

    kind: Literal["edition"] = Field(default="edition", description="Says that this document is an edition.")
    id: EditionId = Field(description="Its id; never reused for other figures.")
    title: Text = Field(description="Which rules, where and when.")
    marketplaces: tuple[Country, ...] = Field(default=(), description="Where it is supported; none: it names no place.")
    in_force: InForce | None = Field(default=None, description="When it is supported as in force; none if undated.")
    seen_from: Day | None = Field(
        default=None,
        description="For an undated edition, the day from which it counts as in force: that of a dated source, or "
        "atoz's own where every source is undated.",
    )
    caveats: tuple[Text, ...] = Field(default=(), description="What travels with every result.")
    sources: dict[str, Source] = Field(description="Its sources by a short key.")
    parameters: tuple[Parameter, ...] = Field(description="Its figures.")

    @model_validator(mode="before")
    @classmethod
    def _resolve_sources(cls, data: object) -> object:
        """Let parameters name a source by its key, so that each citation is written once."""
        resolved = with_sources(data, ("parameters",))
        return (
            {**resolved, "parameters": _quoted(resolved["parameters"])}
            if is_mapping(resolved) and "parameters" in resolved
            else resolved
        )

    @model_validator(mode="after")
    def _consistent(self) -> "Edition":
        faults = [
            InitErrorDetails(type=PydanticCustomError(code, "{words}", {"words": words}), loc=loc, input=None)
            for loc, code, words in self._faults()
        ]
        if faults:
            raise ValidationError.from_exception_data("Edition", faults)
        return self

    def _faults(self) -> Iterator[tuple[tuple[str | int, ...], LiteralString, str]]:
        if self.id == IN_FORCE:
            yield ("id",), "reserved_id", f"{IN_FORCE} asks for the edition in force; it is no edition's id"
        if self.in_force is not None and self.seen_from is not None:
            yield ("seen_from",), "dated_twice", "seen_from is for an undated edition; this one says in_force"
        yield from parameter_faults(self.parameters)

    @property
    def seen_from_source(self) -> Source | None:
        """The dated source that `seen_from` is taken from; none where the day is atoz's own."""
        return next((source for source in self.sources.values() if source.seen and source.seen == self.seen_from), None)

    @property
    def content_hash(self) -> str:
        """What tells this text of the rules from any other: 16 hexadecimal digits, the beginning of a SHA-256.

        Every field counts, titles and sources too. Comments, white space, the order of keys, a field that is written
        out though it has its default, and where a source stands do not: two files that say the same have one hash.
        """
        return _content_hash(self)

    @property
    def reference(self) -> str:
        """What a document calls it: an edition that ships by its id, one of your own by `id@content_hash`."""
        shipped = _shipped().get(self.id)
        ships = shipped is self or shipped == self  # nearly always the same object; comparing two is slow
        return self.id if ships else f"{self.id}@{self.content_hash}"

    def __hash__(self) -> int:
        return hash(self.id)  # equal editions have equal ids; what is kept per edition tells two texts of one id apart

    def parameter(self, name: str) -> Parameter:
        """The figure of this name.

        Raises:
            MissingRule: no source supports one; it is not invented.
        """
        figure = next((row for row in self.parameters if row.name == name), None)
        if figure is None:
            raise MissingRule(self.id, name, tuple(figure.name for figure in self.parameters))
        return figure

    def fits(self, country: str) -> bool:
        """Whether it speaks of this marketplace: it names it, or names none."""
        return not self.marketplaces or country in self.marketplaces

    @staticmethod
    def read(text: str, *, what: str = "edition") -> "Edition":
        """An edition of your own from TOML text, checked: shape first, then everything that could not work.

        Raises:
            InvalidDocument: every fault, with the file and the key; also an id that ships with atoz.
        """
        edition = read_document(Edition, parse_toml(text, what=what), what=what)
        if edition.id in _shipped():
            raise InvalidDocument(what, (Fault("id", "shipped_id", _shipped_id(edition.id)),))
        return edition

    @staticmethod
    def all() -> "tuple[Edition, ...]":
        """Every edition that ships with atoz or that an installed package offers, by id.

        A package offers editions by the entry-point group `atoz.editions`: a function that returns them.
        """
        return tuple(_installed().values())

    @staticmethod
    def named(edition: "str | Edition", editions: "Iterable[Edition]" = ()) -> "Edition":
        """The edition that a name means: an id, or what a document calls it; an edition means itself.

        Known are those that ship, those that installed packages offer, and the `editions` that are passed.

        Raises:
            UnknownName: there is no edition of this id; the nearest ids are named.
            EditionMissing: a document names an edition of your own that was not passed, or whose text has changed.
            InvalidDocument: `editions` has an id that ships with atoz, or two texts of one id.
        """
        if isinstance(edition, Edition):
            return known_editions((*passed_editions(editions), edition))[edition.id]
        known = known_editions(editions)
        name, at, _ = edition.partition("@")
        of_name = known.get(name)
        if of_name is not None and (not at or of_name.reference == edition):
            return of_name
        if at:
            raise EditionMissing(edition, of_name.reference if of_name else None)
        raise UnknownName.with_suggestions("edition", edition, sorted(known))


def passed_editions(editions: Iterable[Edition]) -> tuple[Edition, ...]:
    """The editions that were passed to a function, every one of them an `Edition`.

    Raises:
        InvalidDocument: something else was passed; every fault.
    """
    given: object = editions
    if given == ():
        return ()
    if isinstance(given, (str, Edition)):
        advice = "pass several in a list, even if there is one: editions=[edition]"
        raise InvalidDocument("editions", (Fault("", "wrong_type", advice),))
    passed = _whatever(editions)
    kept = tuple(edition for edition in passed if isinstance(edition, Edition))
    if len(kept) < len(passed):
        faults = (
            Fault(str(place), "wrong_type", "this is no Edition; read one with Edition.read(text)")
            for place, edition in enumerate(passed)
            if not isinstance(edition, Edition)
        )
        raise InvalidDocument("editions", tuple(faults))
    return kept


def _whatever(items: Iterable[object]) -> tuple[object, ...]:
    """What a caller passed, whatever it claims to be."""
    return tuple(items)


def known_editions(editions: Iterable[Edition] = ()) -> Mapping[str, Edition]:
    """Every edition that a name can mean, by id: those installed, and those that are passed.

    Raises:
        InvalidDocument: an id ships with atoz with another text, or there are two texts of one id; every fault.
    """
    passed = passed_editions(editions)
    if not passed:
        return _installed()
    known = dict(_installed())
    faults: list[Fault] = []
    for place, edition in enumerate(passed):
        other = known.setdefault(edition.id, edition)
        if other is not edition and other != edition:
            words = _shipped_id(edition.id) if edition.id in _shipped() else _two_texts(edition, other)
            faults.append(Fault(f"{place}.id", "shipped_id" if edition.id in _shipped() else "repeated_id", words))
    if faults:
        raise InvalidDocument("editions", tuple(faults))
    return known


def _shipped_id(name: str) -> str:
    return f"{name!r} ships with atoz; give an edition of your own an id of its own"


def _two_texts(edition: Edition, other: Edition) -> str:
    return f"two editions have the id {edition.id!r} and other texts: {other.reference} and {edition.reference}"


@lru_cache(maxsize=256)
def _content_hash(edition: Edition) -> str:
    said = edition.model_dump(mode="json", by_alias=True, exclude_defaults=True)  # so that a new field changes no hash
    return sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def _quoted(rows: object) -> object:
    """Parameters whose source carries the words that they quote of it, so that a citation shows its own figure."""
    return [_with_quotation(row) for row in rows] if is_sequence(rows) else rows


def _with_quotation(row: object) -> object:
    if not is_mapping(row) or not row.get("words") or not is_mapping(row.get("source")):
        return row
    source = row["source"]
    return {**row, "source": {**source, "words": row["words"]} if is_mapping(source) else source}


@cache
def _shipped() -> dict[str, Edition]:
    names = toml_names("atoz.rulebook", "editions")
    read = (read_record(Edition, "atoz.rulebook", f"editions/{name}.toml") for name in names)
    return {edition.id: edition for edition in read}


@cache
def _installed() -> dict[str, Edition]:
    """Those that ship, and those that packages offer, by id; what a package may not offer is left out."""
    known = dict(_shipped())
    for entry_point, offered in plugin_editions():
        if not isinstance(offered, Edition):
            left_out(entry_point, f"{type(offered).__name__} is no Edition")
        elif known.setdefault(offered.id, offered) != offered:
            ships = offered.id in _shipped()
            left_out(entry_point, _shipped_id(offered.id) if ships else _two_texts(offered, known[offered.id]))
    return {name: known[name] for name in sorted(known)}

"""The schemas describe files as they are written: every shipped file fits, and atoz's own verdict agrees both ways.

After a change that is meant: `python tests/cli/test_schemas.py` writes the schema files again.
"""

import copy
import json
import random
import tomllib
from functools import cache
from pathlib import Path

import pydantic
import pytest

import atoz
from atoz import plan, read_claim
from atoz.cli.schema import SchemaChoice, schema_of
from atoz.errors import AtozError
from atoz.model.claim import Claim
from atoz.model.order import Order
from atoz.model.record import parse_json, read_document
from atoz.planner.policy import Policy
from atoz.planner.worklist import worklist_row
from atoz.rulebook.edition import Edition
from atoz.testing.situations import SituationFile
from atoz.testing.team.team import Team
from atoz.testing.world import World

jsonschema = pytest.importorskip("jsonschema", reason="the schemas are checked with jsonschema")

ROOT = Path(__file__).parents[2]
PACKAGE = Path(atoz.__file__).parent  # a wheel's tests run beside no source
SCHEMAS = PACKAGE / "cli" / "schemas"
WRITTEN_WITH = (2, 14, 3)
READERS = {
    SchemaChoice.CLAIM: Claim,
    SchemaChoice.ORDER: Order,
    SchemaChoice.POLICY: Policy,
    SchemaChoice.EDITION: Edition,
    SchemaChoice.SITUATION: SituationFile,
    SchemaChoice.WORLD: World,
    SchemaChoice.TEAM: Team,
}
WORLD = {"happenings": [{"value": 2, "unit": "calendar_day", "event": "buyer_messaged", "facts": {"note": "x"}}]}
FILES = {
    SchemaChoice.POLICY: sorted((PACKAGE / "planner" / "policies").glob("*.toml")),
    SchemaChoice.EDITION: sorted((PACKAGE / "rulebook" / "editions").glob("*.toml")),
    SchemaChoice.SITUATION: sorted((ROOT / "tests" / "situations").glob("*.toml")),
    SchemaChoice.TEAM: sorted((ROOT / "examples" / "teams").glob("*.toml")),
    SchemaChoice.CLAIM: sorted((ROOT / "examples" / "claims").glob("*.json")),
}
NAMED_FOR_EDITORS = (SchemaChoice.POLICY, SchemaChoice.EDITION, SchemaChoice.TEAM)


def written(document):
    """The text of a schema's file."""
    return json.dumps(schema_of(document), indent=2, ensure_ascii=False) + "\n"


@cache
def validator(document):
    """The validator of a schema."""
    return jsonschema.Draft202012Validator(schema_of(document))


@cache
def raw(path):
    """A file as a validator sees it: TOML's days and times as text, as in JSON."""
    text = path.read_text(encoding="utf-8")
    data = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    return json.loads(json.dumps(data, default=lambda moment: moment.isoformat().replace("+00:00", "Z")))


def accepted(document, data):
    """Whether atoz reads it."""
    try:
        read_document(READERS[document], data)
    except AtozError:
        return False
    return True


@pytest.mark.parametrize("document", SchemaChoice)
def test_a_schema_is_a_schema(document):
    """Draft 2020-12, with its own id, title and description."""
    schema = schema_of(document)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"urn:atoz-claims:schema:{document.value}:1"
    assert schema["title"] and schema["description"]  # noqa: PT018


@pytest.mark.parametrize("document", SchemaChoice)
def test_a_schema_file_is_up_to_date(document):
    """The file that ships says what the code says; how pydantic orders a schema changes between its releases."""
    if tuple(map(int, pydantic.VERSION.split(".")[:3])) < WRITTEN_WITH:
        pytest.skip("the schema files are written with a newer pydantic")
    assert (SCHEMAS / f"{document.value}.json").read_text(encoding="utf-8") == written(document)


def files():
    """Every shipped file with its document."""
    return [pytest.param(document, path, id=path.name) for document, paths in FILES.items() for path in paths]


@pytest.mark.parametrize(("document", "path"), files())
def test_every_shipped_file_fits_its_schema(document, path):
    """As it is written, sources by key and money as text included."""
    data = raw(path)
    faults = [f"{list(error.absolute_path)}: {error.message}" for error in validator(document).iter_errors(data)]
    assert faults == []
    assert accepted(document, data)


@pytest.mark.parametrize(
    "path", [path for document in NAMED_FOR_EDITORS for path in FILES[document]], ids=lambda path: path.name
)
def test_a_shipped_file_names_its_schema_for_editors(path):
    """The first line is `#:schema` and leads to the file."""
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("#:schema ")
    named = (path.parent / first.removeprefix("#:schema ")).resolve()
    assert named.parts[-4:-1] == (
        "atoz",
        "cli",
        "schemas",
    )  # an example lies beside the source, also where atoz is installed
    assert (SCHEMAS / named.name).is_file()


def places(value, path=()):
    """Every place of a document."""
    yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        yield from places(inner, (*path, key))


def changed(data, draw):
    """The document with one thing otherwise: left out, added, or of another kind."""
    made = copy.deepcopy(data)
    path = draw.choice([place for place in places(made) if place])
    inner = made
    for key in path[:-1]:
        inner = inner[key]
    kind = draw.choice(["left out", "added", "text", "number", "list", "object", "null"])
    if kind == "left out":
        del inner[path[-1]]
    elif kind == "added":
        target = inner if isinstance(inner, dict) else made
        target["no_such_field"] = 1
    else:
        inner[path[-1]] = {"text": "no such word", "number": 1.5, "list": [[]], "object": {"x": 1}, "null": None}[kind]
    return made


GENERATED = 200
LOOSE = {"value_error", "unknown_marketplace"}


@pytest.mark.parametrize("document", READERS)
def test_the_schema_and_atoz_agree(document):
    """What atoz reads fits the schema, without exception; most of what it refuses by shape the schema refuses too."""
    draw = random.Random(document.value)  # noqa: S311  (the same documents each time)
    order = raw(FILES[SchemaChoice.CLAIM][0])["order"]
    whole = {SchemaChoice.WORLD: [WORLD], SchemaChoice.ORDER: [order]}
    documents = whole.get(document) or [raw(path) for path in FILES[document]]
    verdicts = []
    for _ in range(GENERATED):
        data = changed(draw.choice(documents), draw)
        verdicts.append((accepted(document, data), validator(document).is_valid(data), data))
    assert [data for read, valid, data in verdicts if read and not valid] == []
    refused = [valid for read, valid, _ in verdicts if not read]
    assert refused.count(False) > 0.6 * len(refused) > 0


def test_short_forms_are_in_the_schema():
    """Money as text or as a number, protection as yes or no, an instant for the promised day."""
    order = {"order_id": "123-1234567-1234567", "marketplace": "UK", "placed_at": "2016-06-01T15:00:00Z"}
    for more in (
        {"total": "31.90 USD"},
        {"total": {"value": 31, "currency": "USD"}},
        {"claims_protected": True},
        {"deliver_by": "2016-06-10T12:00:00Z"},
        {"labels": {"account": "north"}},
    ):
        data = {**order, **more}
        assert accepted(SchemaChoice.ORDER, data)
        assert validator(SchemaChoice.ORDER).is_valid(data)


@pytest.mark.parametrize("path", FILES[SchemaChoice.CLAIM], ids=lambda path: path.name)
def test_what_is_written_fits_its_schema(path):
    """Claims, events, plans and worklist rows as atoz writes them."""
    claim = read_claim(parse_json(path.read_text(encoding="utf-8")))
    made = plan(claim, as_of=claim.updated_at)
    texts = {
        SchemaChoice.CLAIM: [claim],
        SchemaChoice.ORDER: [claim.order],
        SchemaChoice.EVENT: claim.history,
        SchemaChoice.PLAN: [made],
        SchemaChoice.WORKLIST_ROW: [worklist_row(claim, made)],
    }
    for document, records in texts.items():
        for record in records:
            faults = [error.message for error in validator(document).iter_errors(json.loads(record.model_dump_json()))]
            assert faults == []


if __name__ == "__main__":
    SCHEMAS.mkdir(exist_ok=True)
    for choice in SchemaChoice:
        (SCHEMAS / f"{choice.value}.json").write_text(written(choice), encoding="utf-8")

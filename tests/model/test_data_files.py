"""Packaged data is read in one place, and an order id is described in one place."""

import ast
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

import atoz
from atoz.errors import InvalidDocument
from atoz.model.data_files import read_record, read_toml, toml_names
from atoz.model.order import Order
from atoz.model.order_id import ORDER_ID, OrderId
from atoz.rulebook.edition import Edition

PACKAGE = Path(atoz.__file__).parent
SOURCES = {str(file.relative_to(PACKAGE)): file.read_text(encoding="utf-8") for file in sorted(PACKAGE.rglob("*.py"))}


def importers(*modules: str) -> set[str]:
    """The files of the package that import one of these modules."""
    return {
        file
        for file, text in SOURCES.items()
        for node in ast.walk(ast.parse(text))
        if (isinstance(node, ast.ImportFrom) and node.module in modules)
        or (isinstance(node, ast.Import) and {alias.name for alias in node.names} & set(modules))
    }


def test_packaged_files_are_read_in_one_place() -> None:
    """No other module finds or parses the data that ships; what users write is parsed under limits."""
    assert importers("importlib.resources") == {"model/data_files.py"}
    assert importers("tomllib") == {"model/data_files.py", "model/record.py"}


def test_the_files_of_a_folder() -> None:
    """Every TOML file of the folder, and nothing else that lies there."""
    names = toml_names("atoz.rulebook", "editions")
    assert names == tuple(sorted(names)) == tuple(edition.id for edition in Edition.all())
    assert toml_names("atoz.report", "templates") == ()
    with pytest.raises(FileNotFoundError):
        toml_names("atoz.rulebook", "no_such_folder")


def test_a_file_that_does_not_fit_lists_its_faults() -> None:
    """A slip in packaged data is an error with the file, the key and the words, like one in a user's file."""
    name = "editions/us-2026.toml"
    assert read_record(Edition, "atoz.rulebook", name).id == read_toml("atoz.rulebook", name)["id"]
    with pytest.raises(InvalidDocument, match="order_id: this field is required") as caught:
        read_record(Order, "atoz.rulebook", name)
    assert caught.value.what == name


def test_an_order_id_is_described_in_one_place() -> None:
    """No other module spells the form out."""
    assert {file for file, text in SOURCES.items() if "{7}" in text} == {"model/order_id.py"}


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("123-1234567-1234567", True),
        ("123-1234567-123456", False),
        ("123-1234567-12345678", False),
        (" 123-1234567-1234567", False),
        ("123-1234567-1234567\n", False),
        ("１２３-1234567-1234567", False),
    ],
)
def test_the_type_and_the_pattern_agree(text: str, *, fits: bool) -> None:
    """Three, seven and seven ASCII digits and nothing around them, whichever of the two is asked."""
    assert bool(ORDER_ID.fullmatch(text)) is fits
    try:
        TypeAdapter(OrderId).validate_python(text)
    except ValidationError:
        assert not fits
    else:
        assert fits

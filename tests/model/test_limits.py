"""Hostile texts: each is one clear fault, found before or while it is parsed, in time in proportion to its size."""

import json
import logging
import re
import tomllib
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atoz.errors import InvalidDocument
from atoz.model.limits import (
    MAX_DEPTH,
    MAX_DIGITS,
    MAX_EXPONENT,
    MAX_JSON,
    MAX_JSON_VALUES,
    MAX_KEY_PARTS,
    MAX_TOML,
    json_fault,
    printable,
    toml_fault,
)
from atoz.model.order import Order
from atoz.model.record import parse_json, parse_toml, read_document
from atoz.planner.policy import Policy
from atoz.testing.builders import an_event, an_order
from atoz.testing.situations import read_situations
from atoz.testing.world import World


def nested(depth):
    """A list in a list in a list: so many of them."""
    return "[" * depth + "]" * depth


HOSTILE_JSON = {
    "levels": (nested(100_000), "too_deep"),
    "objects": ('{"a":' * 100_000 + "1" + "}" * 100_000, "too_deep"),
    "unclosed": ("[" * 100_000, "too_deep"),
    "exponent": ("[1e9999999999999999999]", "number_too_large"),
    "negative exponent": ('{"a": 1.5E-9999999999999999999}', "number_too_large"),
    "digits": ("9" * 5_000, "number_too_long"),
    "decimals": ("[0." + "1" * 5_000 + "]", "number_too_long"),
    "not a number": ('{"total": NaN}', "not_json"),
    "infinity": ('{"total": -Infinity}', "not_json"),
    "duplicate key": ('{"order_id": 1, "order_id": 2}', "repeated_key"),
    "half a character": ('{"note": ["x\\ud800"]}', "half_a_character"),
    "half a character in a key": ('{"\\udfff": 1}', "half_a_character"),
    "half a character, written": ('{"note": "\ud800"}', "half_a_character"),
    "NUL": ('{"note": "\\u0000"}', "nul_character"),
    "NUL, written": ('{"note": "\0"}', "not_json"),
    "UTF-16": ('{"a": 1}'.encode("utf-16"), "not_utf8"),
    "UTF-32": ('{"a": 1}'.encode("utf-32"), "not_utf8"),
    "a cut character": ('{"a": "é"}'.encode()[:8], "not_utf8"),
    "nothing": ("", "not_json"),
    "a quote without end": ('{"a": "' + "\\" * 99_999, "not_json"),
    "size": (" " * (MAX_JSON + 1), "too_large"),
    "lists": ("[" + "[]," * (MAX_JSON_VALUES // 2 + 1) + "[]]", "too_large"),
    "numbers": ("[" + "1," * MAX_JSON_VALUES + "1]", "too_large"),
}
HOSTILE_TOML = {
    "dotted key": ("a" + ".a" * 20_000 + " = 1", "too_deep"),
    "dotted header": ("[a" + ".a" * 20_000 + "]", "too_deep"),
    "quoted parts": ("a" + '."a"' * 20_000 + " = 1", "too_deep"),
    "levels": (f"a = {nested(100_000)}", "too_deep"),
    "tables": ("a = " + "{a=" * 100_000 + "1" + "}" * 100_000, "too_deep"),
    "digits": ("a = " + "9" * 5_000, "number_too_long"),
    "digits with lines": ("a = " + "9_" * 5_000 + "9", "number_too_long"),
    "no such day": ("a = 2016-02-30", "not_toml"),
    "duplicate key": ("a = 1\na = 2", "not_toml"),
    "NUL": ("a = '\0'", "not_toml"),
    "half a character": ("a = '\ud800'", "half_a_character"),
    "UTF-16": ("a = 1".encode("utf-16"), "not_utf8"),
    "size": ("#" * (MAX_TOML + 1), "too_large"),
}


@pytest.mark.parametrize("name", HOSTILE_JSON)
def test_hostile_json_is_one_clear_fault(name):
    """One fault, its code, and an error that is short however long the text is."""
    text, code = HOSTILE_JSON[name]
    with pytest.raises(InvalidDocument) as raised:
        parse_json(text, what="claim.json")
    assert [fault.code for fault in raised.value.faults] == [code]
    assert len(str(raised.value)) < 300
    assert str(raised.value).isprintable() or "\n" in str(raised.value)


@pytest.mark.parametrize("name", HOSTILE_TOML)
@pytest.mark.parametrize("read", [parse_toml, Policy.read, World.read, read_situations])
def test_hostile_toml_is_one_clear_fault(read, name):
    """The same for every reader of TOML."""
    text, code = HOSTILE_TOML[name]
    with pytest.raises(InvalidDocument) as raised:
        read(text, what="mine.toml")
    assert [fault.code for fault in raised.value.faults] == [code]
    assert len(str(raised.value)) < 300


def test_a_dotted_key_takes_no_memory():
    """Twenty thousand parts of a key once took 1.6 GB."""
    tracemalloc.start()
    try:
        with pytest.raises(InvalidDocument):
            Policy.read(HOSTILE_TOML["dotted key"][0])
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_the_limits_themselves_are_allowed():
    """The last text on this side of each limit is read."""
    assert json.dumps(parse_json(nested(MAX_DEPTH))) == nested(MAX_DEPTH)
    assert json_fault(nested(MAX_DEPTH + 1)).code == "too_deep"
    assert parse_json("9" * MAX_DIGITS) == int("9" * MAX_DIGITS)
    assert parse_json(f"1e{MAX_EXPONENT}").adjusted() == MAX_EXPONENT
    assert parse_json("1e-0308").adjusted() == -MAX_EXPONENT
    with pytest.raises(InvalidDocument):
        parse_json(f"1e{MAX_EXPONENT + 1}")
    assert parse_toml(".".join("a" * MAX_KEY_PARTS) + " = 1")
    assert toml_fault(".".join("a" * (MAX_KEY_PARTS + 1)) + " = 1").code == "too_deep"
    assert parse_toml(f"a = {nested(MAX_DEPTH)}")
    assert parse_toml("a = " + "9" * MAX_DIGITS)
    assert toml_fault("a = " + "9" * (MAX_DIGITS + 1)).code == "number_too_long"
    assert json_fault("[" + "1," * (MAX_JSON_VALUES - 2) + "1]") is None


def test_what_stands_in_a_string_or_a_comment_is_no_structure():
    """Brackets, dots and digits inside of texts do not count, in all four kinds of TOML strings."""
    odd = nested(200) + "." * 200 + "9" * 200
    assert parse_json(json.dumps({"note": odd, "quote": '"' + odd})) == {"note": odd, "quote": '"' + odd}
    text = f"""a = "{odd}\\"{odd}" # {odd}
b = '{odd}'
c = \"\"\"{odd}""{odd}\\\"\"\"\"
d = '''{odd}''{odd}'''
"""
    assert set(parse_toml(text)) == set("abcd")
    assert json_fault('["' + "," * (MAX_JSON_VALUES + 1) + '"]') is None


@given(st.text(alphabet="[]{}\"'\\.=,#\n a9", max_size=60))
def test_the_scan_never_refuses_what_is_small(text):
    """Whatever the mixture of marks: a short and shallow text is left to the parser, which alone decides."""
    try:
        wanted = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        wanted = None
    try:
        assert parse_toml(text) == wanted
    except InvalidDocument:
        assert wanted is None


@given(st.recursive(st.none() | st.integers(-(10**90), 10**90) | st.text(), st.lists, max_leaves=9))
def test_what_json_writes_is_read_back(value):
    """A document of any text and nesting within the limits is the same after a journey, escaped or not."""
    for ascii_only in (True, False):
        text = json.dumps(value, ensure_ascii=ascii_only)
        if "\\u0000" in text.replace("\\\\", ""):
            with pytest.raises(InvalidDocument):
                parse_json(text)
        else:
            assert parse_json(text) == value


def test_pairs_of_escapes_are_one_character():
    """Two escapes that make one character are no halves; an escaped backslash before `ud800` is no escape."""
    assert parse_json('["\\ud83d\\ude00", "\\\\ud800", "\\\\u0000"]') == ["😀", "\\ud800", "\\u0000"]


@pytest.mark.parametrize("key", ["total\u202e", "\x1b[2J", "k" * 100_000])
def test_a_key_of_a_file_is_shown_without_its_control_characters(key):
    """Escape sequences and right-to-left overrides of a file reach no terminal and no page, nor does a page of key."""
    with pytest.raises(InvalidDocument) as raised:
        read_document(Order, parse_json(json.dumps({key: 1})))
    assert all(line.isprintable() and len(line) < 200 for line in str(raised.value).splitlines())
    with pytest.raises(InvalidDocument) as raised:
        parse_json(f"{{{json.dumps(key)}: 1, {json.dumps(key)}: 2}}")
    assert all(line.isprintable() and len(line) < 300 for line in str(raised.value).splitlines())


def test_an_error_carries_no_value_into_a_log(caplog):
    """A logged error shows paths and rules, never the values of the document, in its text or in its chain."""
    name, log = "Planted Name", logging.getLogger("somebody's")
    attempts = (
        lambda: read_document(Order, {"order_id": name, "placed_at": name, "total": name}, what="order.json"),
        lambda: parse_json(f'{{"buyer": "{name}" "x"}}'),
        lambda: parse_toml(f"buyer = {name}"),
        lambda: Order.model_validate({"order_id": name, "marketplace": "US"}),
        lambda: an_event("filed", name),
        lambda: an_order(order_id=name),
    )
    for attempt in attempts:
        try:
            attempt()
        except ValueError:
            log.exception("it failed")
        else:
            pytest.fail("it was read")
    assert caplog.text.count("it failed") == len(attempts)
    assert name not in re.sub(r"lambda.*", "", caplog.text)


def test_an_error_of_a_document_stands_alone():
    """Neither pydantic's error nor the parser's hangs on it, whatever reads the chain."""
    for attempt in (lambda: read_document(Order, {}), lambda: parse_json("{"), lambda: parse_toml("[")):
        with pytest.raises(InvalidDocument) as raised:
            attempt()
        assert raised.value.__context__ is None


def test_printable_is_short_and_plain():
    """Lines stay lines; everything that moves a cursor or turns a line around is spelt out."""
    assert printable("a\nb") == "a\nb"
    assert printable("\u2066\u200b\x07") == "\\u2066\\u200b\\x07"
    assert printable("x" * 200, limit=10) == "x" * 10 + "..."

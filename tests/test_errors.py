"""Every error is in one tree, has a stable code, says what is wrong in a few lines, and survives pickling."""

import ast
import pickle
from datetime import UTC, datetime
from pathlib import Path

import pytest

from atoz import errors
from atoz.errors import AtozError, Fault, InvalidDocument, Refusal

AT = datetime(2016, 7, 1, tzinfo=UTC)
EXAMPLES: dict[str, AtozError] = {
    "invalid_document": InvalidDocument("claim.json", (Fault("order.placed_at", "missing", "this field is required"),)),
    "unknown_name": errors.UnknownName("edition", "us-2025", ("us-2026",)),
    "ambiguous_name": errors.AmbiguousName("claim status", "granted", ("one", "two")),
    "missing_rule": errors.MissingRule("in-current", "appeal", ("opens",)),
    "edition_missing": errors.EditionMissing("our-rules@0123456789abcdef", "our-rules@fedcba9876543210"),
    "no_edition_in_force": errors.NoEditionInForce("DE", "2016-06-01", ("faq-2016",)),
    "transition_refused": errors.TransitionRefused(
        "123-1234567-1234567", "closed", "denied", Refusal("too_late", "it was due", AT, AT), ("buyer_appealed",)
    ),
    "replay_refused": errors.ReplayRefused(
        "123-1234567-1234567",
        "denied at 2016-07-01T00:00:00+00:00",
        (Fault("history.2", "no_such_transition", "the claim is closed"),),
    ),
    "stale_claim": errors.StaleClaim("claim-1", 3, 4, ("denied at 2016-06-25",)),
    "claim_differs": errors.ClaimDiffers("123-1234567-1234567", ("123-1234567-1234567",)),
    "order_forgotten": errors.OrderForgotten("123-1234567-1234567"),
    "store_unusable": errors.StoreUnusable("sqlite:claims.db", "no such folder"),
    "missing_extra": errors.MissingExtra("atoz plan", "cli"),
}
"""One of each, with every hint it can give, under the code that programs rely on."""


def subclasses(root: type[AtozError]) -> set[type[AtozError]]:
    """Every class below a class."""
    return {root, *(found for each in root.__subclasses__() for found in subclasses(each))}


def test_every_class_has_an_example_here() -> None:
    """A new error class needs its line above: its code is a promise."""
    in_tree = {each for each in subclasses(AtozError) if each.__module__ == "atoz.errors"} - {AtozError}
    public = {each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, Exception)}
    assert {type(each) for each in EXAMPLES.values()} == in_tree == public - {AtozError}


def test_no_error_stands_outside_the_tree() -> None:
    """Whoever catches an error by its class finds the class in `atoz.errors`, and its code in the catalogue."""
    package = Path(errors.__file__).parent
    bases = {name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, AtozError)}
    elsewhere = [
        (file.name, node.name)
        for file in sorted(package.rglob("*.py"))
        if file.name != "errors.py"
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and bases & {ast.unparse(base) for base in node.bases}
    ]
    assert elsewhere == []


@pytest.mark.parametrize("code", EXAMPLES)
def test_codes_are_stable(code: str) -> None:
    """The code is the class's own, on the class and on the instance."""
    assert EXAMPLES[code].code == code == type(EXAMPLES[code]).code
    assert AtozError.code == "atoz_error"


@pytest.mark.parametrize("code", EXAMPLES)
def test_each_speaks_in_a_few_lines(code: str) -> None:
    """At most four lines: the sentence first, what to do about it last."""
    lines = str(EXAMPLES[code]).splitlines()
    assert 1 <= len(lines) <= 4
    assert all(line.strip() for line in lines)


@pytest.mark.parametrize("code", EXAMPLES)
def test_each_survives_pickling(code: str) -> None:
    """Class, words and every attribute cross a process boundary unchanged."""
    error = EXAMPLES[code]
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        copy = pickle.loads(pickle.dumps(error, protocol))  # noqa: S301  (our own bytes)
        assert type(copy) is type(error)
        assert str(copy) == str(error)
        assert vars(copy) == vars(error)
        assert copy.args == error.args


def test_attributes_are_kept() -> None:
    """What an error was made of can be read back from it."""
    refused = EXAMPLES["transition_refused"]
    assert isinstance(refused, errors.TransitionRefused)
    assert (refused.order_id, refused.status, refused.event) == ("123-1234567-1234567", "closed", "denied")
    assert (refused.refusal.code, refused.refusal.possible_until, refused.allowed) == (
        "too_late",
        AT,
        ("buyer_appealed",),
    )
    unknown = EXAMPLES["unknown_name"]
    assert isinstance(unknown, errors.UnknownName)
    assert (unknown.what, unknown.asked, unknown.nearest) == ("edition", "us-2025", ("us-2026",))
    rule = EXAMPLES["missing_rule"]
    assert isinstance(rule, errors.MissingRule)
    assert (rule.edition, rule.parameter, rule.known) == ("in-current", "appeal", ("opens",))


def test_builtin_families() -> None:
    """Callers who know only the built-in errors still catch what they expect, and pydantic never swallows a refusal."""
    families = {
        InvalidDocument: ValueError,
        errors.UnknownName: LookupError,
        errors.AmbiguousName: LookupError,
        errors.MissingRule: LookupError,
        errors.EditionMissing: LookupError,
        errors.NoEditionInForce: LookupError,
        errors.MissingExtra: ImportError,
    }
    assert all(issubclass(ours, builtin) for ours, builtin in families.items())
    assert not issubclass(errors.TransitionRefused, (ValueError, AssertionError))


def test_faults_are_counted_and_listed() -> None:
    """Every fault has a line of its own; one of the whole document needs no path."""
    faults = (Fault("", "not_json", "not JSON"), Fault("a.b", "missing", "this field is required"))
    assert str(InvalidDocument("x", faults)).splitlines() == [
        "x: 2 problems",
        "  not JSON",
        "  a.b: this field is required",
    ]


def test_hints_are_left_out_when_there_are_none() -> None:
    """No empty "nearest:" line; a final status says that nothing may happen."""
    assert str(errors.UnknownName("policy", "x")) == "unknown policy 'x'"
    assert "editions for this marketplace: none" in str(errors.NoEditionInForce("BR", "2016-06-01"))
    final = errors.TransitionRefused("1", "refunded", "denied", Refusal("no_such_transition", "no"), ())
    assert str(final).endswith("allowed now: nothing")
    assert "no parameters at all" in str(errors.MissingRule("e", "p"))

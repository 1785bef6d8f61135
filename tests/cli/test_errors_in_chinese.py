"""Every refusal and error has a Chinese text with the same slots; no command names an argument of Python."""

import re
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from atoz.cli.error_texts import error_text, error_texts, sentence_in, without_python
from atoz.errors import AtozError, InvalidDocument
from atoz.model.fault_messages import MESSAGES

ROOT = Path(__file__).parents[2]
SLOT = re.compile(r"\{([^{}]+)\}")
ENGLISH = re.compile(r"(?:\b[A-Za-z][a-z']*[,;:.]? ){3,}[a-z']+")
PYTHON = re.compile(r"editions=|as_of=|columns=|workers=|edition=|in Python|Edition\.read")


def module(path):
    """A module of the repository that is no part of the package."""
    spec = spec_from_file_location(path.stem, path)
    made = module_from_spec(spec)
    sys.modules[path.stem] = made
    spec.loader.exec_module(made)
    return made


def possible_messages():
    """Every code and every message that the code can say with it, as the page of errors lists them."""
    derived = module(ROOT / "docs" / "derived.py")
    rows = derived.by_code(*derived.FAULTS, *derived.REFUSALS)
    yield from ((code, message) for code, row in rows.items() for message in row.messages)
    yield from MESSAGES.items()


@pytest.mark.parametrize(
    ("code", "message"), [pytest.param(*row, id=" ".join(row)[:60]) for row in sorted(possible_messages())]
)
def test_every_message_has_a_chinese_text_with_the_same_slots(code, message):
    """What the code can say stands in the list under its code."""
    plain = without_python(message)
    chinese = error_texts().texts[code].get(plain)
    assert chinese, f"{code}: no Chinese for: {plain}"
    assert sorted(SLOT.findall(chinese)) == sorted(SLOT.findall(plain))


def test_every_text_of_the_list_has_the_same_slots():
    """Also those that are made in another way than the page of errors can see."""
    for code, rows in error_texts().texts.items():
        for english, chinese in rows.items():
            assert sorted(SLOT.findall(chinese)) == sorted(SLOT.findall(english)), code


def test_a_message_with_any_values_is_found():
    """The values of its slots stand in the Chinese sentence."""
    for code, rows in error_texts().texts.items():
        for english, chinese in rows.items():
            if not SLOT.sub("", english).strip(";: "):
                continue
            parts = SLOT.split(english)
            parts[1::2] = [str(10 + place) for place in range(len(parts[1::2]))]
            message = "".join(parts)
            said = sentence_in(code, message)
            assert said != message or english == chinese
            assert set(re.findall(r"\b[1-9]\d\b", message)) - set(re.findall(r"\b2016\b", message)) <= set(
                re.findall(r"\d\d", said)
            )


ERRORS = module(ROOT / "tests" / "test_errors.py").EXAMPLES.values()
ERRORS = [error for error in ERRORS if type(error) is not AtozError]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.code)
def test_every_class_of_error_speaks_chinese(error):
    """Whatever it holds."""
    said = error_text(error, "zh")
    assert re.search("[\u4e00-\u9fff]", said)
    assert said != error_text(error)


CALLS = {
    "no file": ("plan", "nothing.json"),
    "a folder": ("plan", "."),
    "no marketplace": ("window", "--marketplace", "XX", "--placed-at", "soon"),
    "no order": ("window",),
    "no edition": ("window", "--marketplace", "US", "--placed-at", "2016-06-01T00:00:00Z", "--edition", "us-2025"),
    "no instant": ("plan", "claim.json", "--as-of", "tomorrow"),
    "no zone": ("plan", "claim.json", "--zone", "Mars"),
    "no policy": ("plan", "claim.json", "--policy", "currant"),
    "not JSON": ("plan", "broken.json"),
    "wrong kind": ("plan", "wrong.json"),
    "wrong fields": ("plan", "fields.json"),
    "status": ("status", "granted"),
    "unknown status": ("status", "qqq"),
    "template": ("message", "fill", "lost", "--about", "claim.json"),
    "no template": ("message", "fill", "lots", "--about", "claim.json"),
    "own edition missing": ("plan", "own.json"),
    "own edition missing in a store": ("store", "load", "own.json", "--store", "claims.db"),
    "no store": ("store", "list", "--store", ""),
    "no such store": ("store", "list", "--store", "none.db"),
    "two readings": ("plan", "claim.json", "--csv", "--json"),
    "a batch without columns": ("batch", "rows.csv", "-o", "out.csv"),
    "a batch that names a column twice": ("batch", "rows.csv", "-o", "out.csv", "--column", "placed_at"),
    "refused event": ("apply", "claim.json", "buyer_appealed", "--at", "2016-07-22T00:00:00Z"),
    "too early": ("apply", "claim.json", "denied", "--at", "2016-06-01T00:00:00Z"),
    "no reason to strike out": ("retract", "claim.json", "filed", "--reason", "a mistake"),
    "world": ("policy", "simulate", "faq-2016", "claim.json", "--world", "broken.json"),
    "policy": ("policy", "check", "broken.json"),
    "nothing to apply": ("reconcile", "claim.json", "claim.json", "--in-place"),
    "no rate": ("odr", "claim.json"),
}


@pytest.fixture
def folder(claims, tmp_path, monkeypatch):
    """A folder with files that are wrong in one way each."""
    claim = (claims / "not-received.json").read_text(encoding="utf-8")
    texts = {
        "claim.json": claim,
        "own.json": re.sub(r'"edition": *"faq-2016"', '"edition": "our-rules@0123456789abcdef"', claim),
        "broken.json": '{"order": ',
        "wrong.json": '{"kind": "plan"}',
        "fields.json": '{"kind": "claim", "order": {"order_id": "1", "placed_at": "2016-06-01"}, "more": 1, "history": 3}',  # noqa: E501
        "rows.csv": "order_id,when\n1,2\n",
    }
    assert "our-rules@" in texts["own.json"]
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ATOZ_STORE", raising=False)


@pytest.mark.parametrize("name", [name for name in CALLS if name != "own edition missing in a store"])
@pytest.mark.usefixtures("folder")
def test_an_error_in_chinese_has_no_english_sentence(atoz, monkeypatch, name):
    """In the language of ATOZ_LANG, also for commands that print nothing to translate."""
    if CALLS[name][0] == "batch":
        pytest.importorskip("polars")
    plain = atoz(*CALLS[name])
    monkeypatch.setenv("ATOZ_LANG", "zh")
    done = atoz(*CALLS[name])
    assert done.code == plain.code != 0
    assert re.search("[\u4e00-\u9fff]", done.err)
    assert ENGLISH.findall(" ".join(done.err.split())) == []
    assert re.findall(r"\[\w+\]$", done.err.strip()) == re.findall(r"\[\w+\]$", plain.err.strip())  # the same code


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.usefixtures("folder")
def test_no_error_names_an_argument_of_python(atoz, name):
    """Options are named, never what a caller of the library would pass."""
    if CALLS[name][0] == "batch":
        pytest.importorskip("polars")
    done = atoz(*CALLS[name])
    assert done.code != 0
    assert PYTHON.findall(done.err) == []


def test_an_option_gives_the_language_too(atoz):
    """`--lang zh` and `--lang=zh`, wherever they stand."""
    for option in (("--lang", "zh"), ("--lang=zh",)):
        done = atoz("window", *option, "--marketplace", "XX", "--placed-at", "2016-06-01T00:00:00Z")
        assert "不是站点" in done.err


def test_what_the_list_does_not_know_stays_english():
    """A sentence of a package's own is not lost."""
    invalid = InvalidDocument("x.json", ())
    assert sentence_in("of_a_package", "the moon is full") == "the moon is full"
    assert error_text(invalid, "zh")

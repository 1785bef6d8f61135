"""`--lang zh` is Chinese: no command prints an English sentence, titles of English sources and codes apart."""

import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

import atoz as package

ROOT = Path(package.__file__).parent
EXAMPLES = Path(__file__).parents[2] / "examples"
AS_OF = ("--as-of", "2016-06-26T16:00:00Z")
CLAIMS = sorted(path.name for path in (EXAMPLES / "claims").glob("*.json"))
SENTENCE = re.compile(r"(?:\b[A-Za-z][a-z']*[,;:.]? ){3,}[a-z']+")


def strings(value, key=""):
    """Every text of data with the key that it stands under."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from strings(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner, key)
    elif isinstance(value, str):
        yield key, value


@cache
def quotations():
    """Titles, addresses and words of sources, as they are in the data: they are quoted, not translated."""
    quoted = set()
    for path in ROOT.rglob("*.toml"):
        found = strings(tomllib.loads(path.read_text(encoding="utf-8")))
        quoted |= {text for key, text in found if key in {"title", "address", "words"}}
    return sorted(quoted, key=len, reverse=True)


def english(text):
    """The English sentences of an output, lines joined where a table or the screen broke them."""
    plain = " ".join(text.split())
    for quoted in quotations():
        plain = plain.replace(" ".join(quoted.split()), "")
    return [match[0] for match in SENTENCE.finditer(plain)]


COMMANDS = {
    "status": ("status", "denied"),
    "editions": ("editions",),
    "window": ("window", "not-received.json", "--on", "2016-06-20"),
    "comparison": ("window", "not-received.json", "--compare"),
    "message list": ("message", "list"),
    "simulate": ("policy", "simulate", "faq-2016", "not-received.json"),
    "check": ("policy", "check", EXAMPLES / "policies" / "first-draft.toml", "--depth", "1"),
    "check stopped": ("policy", "check", "current", "--edition", "us-2026", "--depth", "1", "--max-states", "9"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_in_chinese_prints_no_english_sentence(atoz, claims, name):
    """Neither in its result nor in its remarks."""
    arguments = [claims / part if str(part).endswith(".json") else part for part in COMMANDS[name]]
    done = atoz(*arguments, "--lang", "zh")
    assert done.out
    assert english(done.out) == []


@pytest.mark.parametrize("policy", ["faq-2016", "current"])
@pytest.mark.parametrize("name", CLAIMS)
def test_a_plan_in_chinese_prints_no_english_sentence(atoz, claims, name, policy):
    """Head, notes, actions, reasons, warnings, deadlines and the ODR, of every example."""
    done = atoz("plan", claims / name, *AS_OF, "--policy", policy, "--lang", "zh", "--zone", "Asia/Shanghai")
    assert done.code == 0
    assert english(done.out) == []


def test_the_scan_finds_what_it_looks_for():
    """An English sentence among Chinese ones is found; codes, names and quotations are not."""
    assert english("步骤:the seller never does this")
    assert english("索赔 123-1234567-1234567:status under_review, edition us-2026") == []
    assert english(quotations()[0]) == []

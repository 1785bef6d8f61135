"""Words for people: everything is said in English and in Chinese, nothing is missing, and nothing is left over."""

import ast
import re
import string
import tomllib
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path

import pytest

import atoz
from atoz.lifecycle.attention import Attention
from atoz.lifecycle.table import TABLE
from atoz.model.citation import Confidence
from atoz.model.events import EVENT_CLASSES, Actor, Event, LearntFrom
from atoz.model.language import Text
from atoz.model.order import Fulfilment, Known
from atoz.planner.action import Action
from atoz.planner.schedule import ActionState
from atoz.rulebook.clock import DeadlineName, clock
from atoz.rulebook.count import Unit
from atoz.rulebook.deadlines import DeadlineState
from atoz.rulebook.edition import DayBoundary, Edition
from atoz.rulebook.window import Verdict

PACKAGE = Path(atoz.__file__).parent
CHINESE = re.compile("[\u4e00-\u9fff]")
PLACEHOLDER = re.compile(r"\{.*?\}")
WORDS = {f"atoz.{file.parent.name}": file for file in sorted(PACKAGE.glob("*/words.toml"))}
DATA = sorted(PACKAGE.rglob("*.toml"))


def texts(node: object, path: str = "") -> Iterator[tuple[str, dict[str, object]]]:
    """Every table that says something in a language, with where it stands."""
    if isinstance(node, list):
        for index, each in enumerate(node):
            yield from texts(each, f"{path}[{index}]")
    elif isinstance(node, dict):
        if {"en", "zh"} & set(node) and all(isinstance(each, str) for each in node.values()):
            yield path, node
        else:
            for key, each in node.items():
                yield from texts(each, f"{path}.{key}")


def placeholders(words: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}


@pytest.mark.parametrize("file", DATA, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_everything_is_said_in_both_languages(file):
    """Each text has both languages, with the same placeholders, and the Chinese one is Chinese."""
    wrong = []
    for path, words in texts(tomllib.loads(file.read_text(encoding="utf-8"))):
        english, chinese = str(words.get("en", "")), str(words.get("zh", ""))
        if not english.strip() or not chinese.strip():
            wrong.append((path, "a language is missing"))
        elif placeholders(english) != placeholders(chinese):
            wrong.append((path, "the placeholders differ"))
        elif bool(CHINESE.search(chinese)) is not any(map(str.isalpha, PLACEHOLDER.sub("", english))):
            wrong.append((path, "the Chinese is not Chinese"))
        elif CHINESE.search(english):
            wrong.append((path, "the English is Chinese"))

    assert wrong == []


@cache
def trees() -> dict[Path, ast.Module]:
    """The package's source, parsed."""
    return {file: ast.parse(file.read_text(encoding="utf-8")) for file in sorted(PACKAGE.rglob("*.py"))}


@cache
def pages() -> str:
    """The templates of pages, which name words too."""
    return "\n".join(file.read_text(encoding="utf-8") for file in sorted(PACKAGE.rglob("*.html")))


def looped(name: str, file: str) -> tuple[str, ...]:
    """The texts that a loop over a written tuple gives a name in a file."""
    found: list[str] = []
    for node in ast.walk(trees()[PACKAGE / file]):
        if (
            isinstance(node, (ast.For, ast.comprehension))
            and isinstance(node.target, ast.Name)
            and node.target.id == name
        ):
            items = node.iter
            if isinstance(items, ast.Name):  # a tuple that has a name of its own
                items = next(
                    each.value
                    for each in ast.walk(trees()[PACKAGE / file])
                    if isinstance(each, ast.Assign) and getattr(each.targets[0], "id", None) == items.id
                )
            found += [each.value for each in getattr(items, "elts", ()) if isinstance(each, ast.Constant)]
    return tuple(found)


def starts() -> set[str]:
    """Everything that can start a clock or a window."""
    clocks = {start for name in DeadlineName for start in clock(name).starts_with}
    return clocks | {start for edition in Edition.all() for each in edition.parameters for start in each.starts_with}


def refusals() -> set[str]:
    """The codes that a guard can refuse with."""
    calls = [node for node in ast.walk(trees()[PACKAGE / "lifecycle/guards.py"]) if isinstance(node, ast.Call)]
    codes = {
        each.args[0].value
        for each in calls
        if getattr(each.func, "id", "") == "Refusal" and isinstance(each.args[0], ast.Constant)
    }
    return codes - {"out_of_order", "no_such_transition"}  # not said by guards, but before they are asked


EVENT_FIELDS = {name for each in EVENT_CLASSES.values() for name in each.model_fields}
FAMILIES: dict[str, tuple[type[StrEnum] | set[str] | tuple[str, ...], ...]] = {
    "action_*": (Action,),
    "actor_*": (Actor,),
    "attention_*": (Attention,),
    "boundary_*": (DayBoundary,),
    "bucket_*": (("late", "today", "week", "later", "nothing"),),
    "column_*": (looped("code", "report/terminal.py"), looped("code", "lifecycle/diagram.py")),
    "confidence_*": (Confidence,),
    "deadline_*": (DeadlineState,),
    "event_*": (set(EVENT_CLASSES),),
    "fact_*": (looped("name", "report/page_timeline.py"),),
    "field_*": (EVENT_FIELDS - {*Event.model_fields, "kind", "actor"},),
    "fulfilment_*": (Fulfilment,),
    "guard_*": ({row.guard.kind for row in TABLE if row.guard and row.guard.kind != "needs"},),
    "guard_needs_*": ({row.guard.subject for row in TABLE if row.guard and row.guard.kind == "needs"},),
    "known_*": (Known,),
    "learnt_from_*": (LearntFrom,),
    "odr_counts_*": (Known,),
    "refusal_*": (refusals(),),
    "start_*": (starts(),),
    "state_*": (ActionState,),
    "unit_*": (Unit,),
    "unit_*_one": (Unit,),
    "verdict_*": (Verdict,),
}
"""Words whose code is put together, and everything that can take the place of the star."""


def members(pattern: str) -> set[str]:
    """Every code of a family."""
    return {pattern.replace("*", str(each)) for part in FAMILIES[pattern] for each in part}


@cache
def patterns() -> set[str]:
    """Every code that the source puts together from a fixed part and something else."""
    found = {f"{each}*" for each in re.findall(r'"([a-z_]+_)" ~', pages())}
    for tree in trees().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                parts = [each.value if isinstance(each, ast.Constant) else "*" for each in node.values]
                found.add("".join(map(str, parts)))
    return {each for each in found if re.fullmatch(r"[a-z_]*\*[a-z_]*", each) and each != "*"}


@cache
def literals() -> set[str]:
    """Every text that stands in the source as it is, docstrings apart."""
    found = set(re.findall(r'say\("([a-z_]+)"', pages()) + re.findall(r'voice\("([a-z_]+)"', pages()))
    for tree in trees().values():
        found |= {
            each.value for each in ast.walk(tree) if isinstance(each, ast.Constant) and isinstance(each.value, str)
        }
    return found


def asked_for() -> Iterator[tuple[str, str]]:
    """Every code that is asked for by name, and the room whose words it is to be found in."""
    rooms = {"say": "atoz.report", "phrase": "atoz.rulebook", "own": "atoz.rulebook"}
    for tree in trees().values():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            named = [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
            if node.func.id == "fill" and len(named) == 2:
                yield named[0], named[1]
            elif node.func.id in rooms and named and isinstance(node.args[0], ast.Constant):
                yield rooms[node.func.id], named[0]
    for code in re.findall(r'(?:say|voice)\("([a-z_]+)"[,)]', pages()):
        yield "atoz.report", code


def codes(room: str) -> set[str]:
    """The codes of a room's words."""
    return set(tomllib.loads(WORDS[room].read_text(encoding="utf-8")))


def test_words_that_are_asked_for_exist():
    """No code asks for words that a room does not have."""
    missing = [(room, code) for room, code in asked_for() if room in WORDS and code not in codes(room)]

    assert missing == []
    assert len(set(asked_for())) > 100, "the search finds what the source asks for"


def test_every_member_of_a_family_has_words():
    """Whatever can take the place of the star has words: a new action, state or event cannot be forgotten."""
    said = set().union(*map(codes, WORDS))

    assert {pattern: members(pattern) - said for pattern in FAMILIES if members(pattern) - said} == {}


def test_families_are_those_of_the_source():
    """The families above are all that the source puts together, and none that it has ceased to."""
    said = set().union(*map(codes, WORDS))
    used = {each for each in patterns() if any(re.fullmatch(each.replace("*", "[a-z_]+"), code) for code in said)}

    assert used == set(FAMILIES)


@pytest.mark.parametrize("room", WORDS)
def test_no_words_are_left_over(room):
    """Every phrase is named somewhere, by itself or as a member of a family."""
    used = literals().union(*map(members, FAMILIES))

    assert codes(room) - used == set()


@pytest.mark.parametrize("room", WORDS)
def test_phrases_are_texts(room):
    """Every entry of a room's words is a text of both languages and nothing else."""
    for words in tomllib.loads(WORDS[room].read_text(encoding="utf-8")).values():
        Text.model_validate(words)


def test_no_chinese_stands_in_the_source():
    """Words live in data files: no text in the code itself is Chinese, outside the examples of docstrings."""
    found = []
    for file, tree in trees().items():
        docs = {
            id(node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        }
        found += [
            (str(file.relative_to(PACKAGE)), node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in docs
            and CHINESE.search(node.value)
        ]

    assert found == []

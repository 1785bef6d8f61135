"""Words for people: everything is said in English and in Chinese, nothing is missing, and nothing is left over."""

import ast
import re
import string
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, get_args

import pytest

import atoz
from atoz.lifecycle.transition_table import TABLE
from atoz.model.claim import ImpossibleFact
from atoz.model.enums import LabelledEnum
from atoz.model.events import EVENT_CLASSES, Actor, Event, LearntFrom
from atoz.model.order import RETURN_FACTS, Fulfilment, TriState
from atoz.model.text import Language, Text
from atoz.planner.due_bucket import Bucket
from atoz.rulebook.date_arithmetic import Unit
from atoz.rulebook.deadline_clock import DeadlineName, clock
from atoz.rulebook.deadlines import DeadlineState
from atoz.rulebook.derivation import StepRule
from atoz.rulebook.edition import Edition
from atoz.rulebook.evidence_checklist import SHOWN
from atoz.rulebook.filing_window import Verdict, WindowCaveat
from atoz.rulebook.parameter import DayBoundary
from atoz.rulebook.readings import ReadingKind
from atoz.sources.parse_result import Level
from atoz.sources.reconciliation.suggestions import Strength
from atoz.sources.sp_api.messaging import MESSAGING_ACTIONS
from atoz.sources.transactions.funding import Funding
from atoz.testing.explorer.coverage import Coverage

PACKAGE = Path(atoz.__file__).parent
CHINESE = re.compile("[\u4e00-\u9fff]")
PLACEHOLDER = re.compile(r"\{.*?\}")
WORDS = {".".join(file.parent.relative_to(PACKAGE.parent).parts): file for file in sorted(PACKAGE.rglob("words.toml"))}
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
def trees() -> dict[str, ast.Module]:
    """The package's source, parsed, by the name of its module."""
    files = sorted(PACKAGE.rglob("*.py"))
    names = [".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts) for file in files]
    return dict(zip(names, (ast.parse(file.read_text(encoding="utf-8")) for file in files), strict=True))


@cache
def constants(module: str) -> dict[str, ast.expr]:
    """What a module's names of its own stand for."""
    return {
        node.targets[0].id: node.value
        for node in trees()[module].body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }


@cache
def literals(module: str) -> set[str]:
    """Every text that stands in a module."""
    found = (node.value for node in ast.walk(trees()[module]) if isinstance(node, ast.Constant))
    return {each for each in found if isinstance(each, str)}


class Saying(NamedTuple):
    """A place in the source that asks for words: whose, and by which code, with a star for what is put in."""

    module: str
    room: str
    code: str
    bare: bool
    """Nothing of the code is written here: it comes out of a variable."""
    handed_on: bool
    """The variable is the first argument of the function around it, whose callers write the code."""


def written(node: ast.expr) -> Iterator[tuple[str, str | None]]:
    """Every code that an expression may be, and the name that fills its star."""
    if isinstance(node, ast.Constant):
        yield str(node.value), None
    elif isinstance(node, ast.IfExp):
        yield from written(node.body)
        yield from written(node.orelse)
    elif isinstance(node, ast.JoinedStr):
        names = [each.value for each in node.values if isinstance(each, ast.FormattedValue)]
        code = "".join(str(each.value) if isinstance(each, ast.Constant) else "*" for each in node.values)
        yield code, names[0].id if len(names) == 1 and isinstance(names[0], ast.Name) else None
    else:
        yield "*", node.id if isinstance(node, ast.Name) else None


def room_of(module: str, node: ast.expr) -> str:
    """The room that an argument names, by itself or by a constant of the module."""
    value = constants(module).get(node.id) if isinstance(node, ast.Name) else node
    return str(getattr(value, "value", ""))


Wrapper = tuple[str, str]
"""What a function adds to the code that it is given: the room, and what stands before the code."""


def asks(module: str, node: ast.AST, known: dict[str, Wrapper | None]) -> Iterator[tuple[Wrapper, ast.expr]]:
    """Whose words a node asks for, and by which expression: a call of `fill` or its like, or a look into `phrases`."""
    call = node.value if isinstance(node, ast.Subscript) else node
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.func.id not in known:
        return
    wrapper = known[call.func.id]
    if isinstance(node, ast.Subscript) and wrapper is None and len(call.args) == 1:
        yield (room_of(module, call.args[0]), ""), node.slice
    elif wrapper is None and len(call.args) == 2:
        yield (room_of(module, call.args[0]), ""), call.args[1]
    elif wrapper and call is node and call.args:
        yield wrapper, call.args[0]


def functions(tree: ast.Module) -> Iterator[tuple[ast.FunctionDef | None, ast.AST]]:
    """Every node with the function that it stands in."""
    stack: list[tuple[ast.FunctionDef | None, ast.AST]] = [(None, tree)]
    while stack:
        around, node = stack.pop()
        yield around, node
        inside = node if isinstance(node, ast.FunctionDef) else around
        stack += [(inside, child) for child in ast.iter_child_nodes(node)]


LANGUAGE = dict.fromkeys([("atoz.model.text", "fill"), ("atoz.model.text", "phrases")])
"""The two functions that words are read by; everything else wraps them."""


def known_in(module: str, made: dict[tuple[str, str], Wrapper | None]) -> dict[str, Wrapper | None]:
    """The functions that ask for words, by the names that a module has for them: its own, and those it imports."""
    found = {name: wrapper for (home, name), wrapper in made.items() if home == module}
    for node in ast.walk(trees()[module]):
        if isinstance(node, ast.ImportFrom):
            homes = {each.asname or each.name: (node.module or "", each.name) for each in node.names}
            found |= {name: made[home] for name, home in homes.items() if home in made}
    return found


@cache
def sayings() -> tuple[Saying, ...]:
    """Every place that asks for words; functions that only hand a code on are followed to where it is written."""
    made: dict[tuple[str, str], Wrapper | None] = dict(LANGUAGE)
    while True:
        found: list[Saying] = []
        wrappers: dict[tuple[str, str], Wrapper | None] = dict(LANGUAGE)
        for module, tree in trees().items():
            known = known_in(module, made)
            for around, node in functions(tree):
                first = around.args.args[0].arg if around and around.args.args else None
                for (room, before), expression in asks(module, node, known):
                    for code, name in written(expression):
                        handed_on = around is not None and name not in (None, "self") and name == first
                        if around and handed_on:
                            wrappers[module, around.name] = (room, before + code.removesuffix("*"))
                        found.append(Saying(module, room, before + code, code == "*", handed_on))
        if wrappers == made:
            return tuple(found)
        made = wrappers


@cache
def pages() -> str:
    """The templates of pages, which name words too."""
    return "\n".join(file.read_text(encoding="utf-8") for file in sorted(PACKAGE.rglob("*.html")))


@cache
def named() -> set[tuple[str, str]]:
    """Every room and code that is written out."""
    on_pages = {("atoz.report", code) for code in re.findall(r'(?:say|voice)\("([a-z_]+)"[,)]', pages())}
    return on_pages | {(each.room, each.code) for each in sayings() if "*" not in each.code}


@cache
def patterns() -> set[tuple[str, str]]:
    """Every room and code that is put together from a fixed part and something else."""
    on_pages = {("atoz.report", f"{code}*") for code in re.findall(r'"([a-z_]+_)" ~', pages())}
    built = [each for each in sayings() if "*" in each.code and not each.bare and not each.handed_on]
    return on_pages | {(each.room, each.code) for each in built if each.module != LabelledEnum.__module__}


@cache
def nearby() -> set[tuple[str, str]]:
    """The codes that a variable may hold: the texts of its module."""
    variable = [each for each in sayings() if each.bare and not each.handed_on]
    return {(each.room, each.code.replace("*", text)) for each in variable for text in literals(each.module)}


def looped(name: str, module: str) -> set[str]:
    """The texts that loops over a written tuple or dictionary give a name in a module."""
    found: set[str] = set()
    for node in ast.walk(trees()[module]):
        if isinstance(node, (ast.For, ast.comprehension)) and getattr(node.target, "id", None) == name:
            items = node.iter
            if isinstance(items, ast.Name):  # a tuple that has a name of its own
                items = next(
                    each.value
                    for each in ast.walk(trees()[module])
                    if isinstance(each, ast.Assign) and getattr(each.targets[0], "id", None) == items.id
                )
            found |= {str(each.value) for each in getattr(items, "elts", ()) if isinstance(each, ast.Constant)}
    return found


def keys_of(name: str, module: str) -> set[str]:
    """The texts that are the keys of a dictionary that is written out under a name."""
    tables = (
        node.value
        for node in ast.walk(trees()[module])
        if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", None) == name
    )
    return {str(getattr(key, "value", "")) for table in tables for key in getattr(table, "keys", ())}


def paired(name: str, module: str) -> set[str]:
    """The texts that stand right behind a member of an enumeration, in a call or a tuple."""
    rows = (
        node.args if isinstance(node, ast.Call) else node.elts
        for node in ast.walk(trees()[module])
        if isinstance(node, (ast.Call, ast.Tuple))
    )
    return {
        second.value
        for row in rows
        for first, second in pairwise(row)
        if isinstance(first, ast.Attribute)
        and getattr(first.value, "id", None) == name
        and isinstance(second, ast.Constant)
        and isinstance(second.value, str)
    }


def starts() -> set[str]:
    """Everything that can start a clock or a window."""
    clocks = {start for name in DeadlineName for start in clock(name).starts_with}
    return clocks | {start for edition in Edition.all() for each in edition.parameters for start in each.starts_with}


def refusals() -> set[str]:
    """The codes that a guard can refuse with."""
    calls = [node for node in ast.walk(trees()["atoz.lifecycle.guards"]) if isinstance(node, ast.Call)]
    codes = {
        each.args[0].value
        for each in calls
        if getattr(each.func, "id", "") == "Refusal" and isinstance(each.args[0], ast.Constant)
    }
    unasked = {"out_of_order", "no_such_transition", "other_status"}  # said before guards are asked
    return codes - unasked


GUARDS = [row.guard for row in TABLE if row.guard]
EVENT_FIELDS = {name for each in EVENT_CLASSES.values() for name in each.model_fields}
FAMILIES: dict[tuple[str, str], Iterable[str]] = {
    ("atoz.inbox", "reason_*"): ("not_certain", "several_claims"),
    ("atoz.inbox", "refused_*"): refusals() | {"out_of_order", "no_such_transition", "other_status"},
    ("atoz.lifecycle", "column_*"): looped("code", "atoz.lifecycle.diagram"),
    ("atoz.lifecycle", "guard_*"): {each.kind for each in GUARDS if each.kind != "needs"},
    ("atoz.lifecycle", "guard_needs_*"): {each.subject for each in GUARDS if each.kind == "needs"},
    ("atoz.planner", "impossible_*"): ImpossibleFact,
    ("atoz.testing.team", "why_*"): ("no_figure", "other_start"),
    ("atoz.testing.team", "weekday_*"): tuple(map(str, range(7))),
    ("atoz.report", "actor_*"): Actor,
    ("atoz.report", "allowed_*"): MESSAGING_ACTIONS,
    ("atoz.report", "bucket_*"): Bucket,
    ("atoz.report", "column_*"): {
        code
        for view in ("edition_view", "plan_view", "prevention_view", "window_view", "worklist_lines")
        for code in looped("code", f"atoz.report.{view}")
    },
    ("atoz.report", "deadline_*"): DeadlineState,
    ("atoz.report", "event_*"): EVENT_CLASSES,
    ("atoz.report", "no_claim_*"): Verdict,
    ("atoz.report", "expiry_*"): ("will", "may"),
    ("atoz.report", "file_*"): {
        f"{rule.role}_{'back' if rule.value < 0 else 'on' if rule.value else 'same'}"
        for edition in Edition.all()
        for rule in edition.parameters
        if rule.role != "deadline"
    },
    ("atoz.report", "reading_*"): ReadingKind,
    ("atoz.planner", "next_after_*"): ("seller_appealed", "buyer_appealed"),
    ("atoz.planner", "next_clock_*"): (DeadlineName.ANSWER_AMAZON, DeadlineName.APPEAL),
    ("atoz.planner", "next_clock_unknown_*"): (DeadlineName.ANSWER_AMAZON, DeadlineName.APPEAL),
    ("atoz.planner", "prevent_*"): [name for name in DeadlineName if clock(name).before_claim],
    ("atoz.report", "fact_*"): (*looped("name", "atoz.report.claim_page"), *RETURN_FACTS),
    ("atoz.report", "field_*"): EVENT_FIELDS - {*Event.model_fields, "kind", "actor"},
    ("atoz.report", "fulfilment_*"): Fulfilment,
    ("atoz.report", "known_*"): TriState,
    ("atoz.report", "level_*"): Level,
    ("atoz.report", "learnt_from_*"): LearntFrom,
    ("atoz.report", "odr_counts_*"): TriState,
    ("atoz.report", "on_*"): set(Verdict) - {Verdict.UNDETERMINED},
    ("atoz.report", "packet_fulfilment_*"): Fulfilment,
    ("atoz.report", "packet_odr_*"): TriState,
    ("atoz.report", "packet_protected_*"): set(TriState) - {TriState.UNKNOWN},
    ("atoz.report", "packet_section_*"): keys_of("parts", "atoz.report.appeal_packet"),
    ("atoz.report", "packet_shown_*"): {"evidence_added", *SHOWN},
    ("atoz.report", "refusal_*"): refusals(),
    ("atoz.report", "strength_*"): Strength,
    ("atoz.report", "verdict_*"): Verdict,
    ("atoz.rulebook", "boundary_*"): DayBoundary,
    ("atoz.rulebook", "lacking_*"): ("closes", "opens", "window"),  # what `FilingWindow.unsupported` may name
    ("atoz.rulebook", "start_*"): starts(),
    ("atoz.rulebook", "unit_*"): Unit,
    ("atoz.rulebook", "unit_*_one"): Unit,
    ("atoz.rulebook", "step_*"): {*get_args(StepRule)} - {"counted", "in_force"},
    ("atoz.rulebook", "caveat_*"): WindowCaveat,
    ("atoz.testing", "simulation_state_*"): DeadlineState,
    ("atoz.testing", "simulation_counts_*"): TriState,
    ("atoz.testing", "diff_follows_*"): {"a", "b", "both"},
    ("atoz.testing", "coverage_*"): {*Coverage.model_fields, "deeper", "forgetful_sellers"} - {"percent", "needs"},
    ("atoz.sources.transactions", "why_*"): paired("Funding", "atoz.sources.transactions.funding")
    | {*Funding} - {Funding.UNKNOWN},
}
"""Words whose code is put together, by room, and everything that can take the place of the star."""


@cache
def labelled() -> tuple[type[LabelledEnum], ...]:
    """Every enumeration whose members have labels, in whichever module it stands."""
    return tuple(
        getattr(import_module(module), node.name)
        for module, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and "LabelledEnum" in {getattr(base, "id", "") for base in node.bases}
    )


LABELS = {(kind._package, f"{kind._prefix}*"): kind for kind in labelled() if kind._package}
"""The words that are labels: the room and the code that the head of an enumeration names."""
FAMILIES |= LABELS


def members(family: tuple[str, str]) -> set[str]:
    """Every code of a family."""
    return {family[1].replace("*", each) for each in FAMILIES[family]}


def codes(room: str) -> set[str]:
    """The codes of a room's words."""
    return set(tomllib.loads(WORDS[room].read_text(encoding="utf-8")))


def test_words_that_are_asked_for_exist():
    """No code asks for words that a room does not have."""
    assert sorted((room, code) for room, code in named() if code not in codes(room)) == []
    assert len(named()) > 150, "the search finds what the source asks for"


def test_families_are_those_of_the_source():
    """The families above are all that the source puts together, and none that it has ceased to."""
    assert patterns() == set(FAMILIES) - set(LABELS)


def test_every_member_of_a_family_has_words():
    """Whatever can take the place of the star has words: a new action, state or event cannot be forgotten."""
    assert {family: lacking for family in FAMILIES if (lacking := members(family) - codes(family[0]))} == {}
    assert all(members(family) for family in FAMILIES)


@pytest.mark.parametrize("kind", labelled(), ids=lambda kind: kind.__name__)
def test_every_member_has_a_label_in_each_language(kind):
    """A new status, reason, action or state has a name of its own to be shown by, in English and in Chinese."""
    for language in get_args(Language):
        labels = [member.label(language) for member in kind]
        assert all(labels)
        assert len(set(labels)) == len(labels)
        assert all(bool(CHINESE.search(label)) is (language == "zh") for label in labels)


def test_labels_come_from_one_place():
    """No class writes `label` again; those that show labels are all there."""
    writers = {
        module
        for module, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name == "label" and "language" in ast.unparse(node.args)
    }
    assert writers - {"atoz.report.state_diagram_layout"} == {LabelledEnum.__module__}
    assert len(labelled()) >= 13


@pytest.mark.parametrize("room", WORDS)
def test_no_words_are_left_over(room):
    """Every phrase is named somewhere, by itself or as a member of a family."""
    used = {code for home, code in named() | nearby() if home == room}
    used |= {code for family in FAMILIES if family[0] == room for code in members(family)}

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
            (file, node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in docs
            and CHINESE.search(node.value)
        ]

    assert found == []

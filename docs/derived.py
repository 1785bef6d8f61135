"""The parts of the pages and READMEs that are made from the code: `python docs/derived.py` writes them again.

A part stands between `<!-- made: NAME -->` and `<!-- /made -->`; a test holds every part to what is made here.
"""

import ast
import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypeGuard

from atoz import diagram
from atoz.model import Language
from atoz.model.events import EVENT_CLASSES
from atoz.model.intervals import intervals
from atoz.rulebook import Edition

DOCS = Path(__file__).parent
PACKAGE = DOCS.parent / "atoz"
PAGES = (*sorted(DOCS.rglob("*.md")), DOCS.parent / "README.md", DOCS.parent / "README.zh.md")
PART = re.compile(r"(<!-- made: (?P<name>[\w.-]+) -->\n).*?(<!-- /made -->)", re.DOTALL)


@cache
def floors() -> tuple[tuple[str, ...], ...]:
    """The rooms from the top down, as the contract in pyproject.toml has them."""
    settings = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    return tuple(tuple(re.findall(r"\w+", layer)) for layer in layers if layer != "_lazy")


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the package, parsed, by its full name."""
    files = sorted(PACKAGE.rglob("*.py"))
    names = [".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts) for file in files]
    return {
        name.removesuffix(".__init__"): ast.parse(file.read_text(encoding="utf-8"))
        for name, file in zip(names, files, strict=True)
    }


def room(module: str) -> str:
    """The room that a module belongs to."""
    return module.split(".")[1] if "." in module else ""


def arrows() -> set[tuple[str, str]]:
    """Which room imports from which, over all modules."""
    pairs = {
        (room(name), room(node.module))
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("atoz.")
    }
    rooms = {name for floor in floors() for name in floor}
    return {(source, target) for source, target in pairs if {source, target} <= rooms and source != target}


def rooms_diagram() -> str:
    """The floors and every arrow between rooms that the imports make, without those that a longer way implies."""
    pairs = arrows()

    def reached(start: str, without: tuple[str, str]) -> set[str]:
        seen, stack = set[str](), [start]
        while stack:
            here = stack.pop()
            for pair in pairs - {without}:
                if pair[0] == here and pair[1] not in seen:
                    seen.add(pair[1])
                    stack.append(pair[1])
        return seen

    direct = sorted(pair for pair in pairs if pair[1] not in reached(pair[0], pair))
    boxes = [
        f'  subgraph floor{number}[" "]\n' + "".join(f"    {name}\n" for name in floor) + "  end"
        for number, floor in enumerate(floors())
        if set(floor) & {name for pair in pairs for name in pair}
    ]
    return "\n".join(
        ["```mermaid", "flowchart TD", *boxes, *(f"  {source} --> {target}" for source, target in direct), "```"]
    )


def doors() -> dict[str, dict[str, str]]:
    """For each door the names that it offers, and the module that each comes from."""
    offered: dict[str, dict[str, str]] = {}
    for package, tree in modules().items():
        branch = next((node for node in tree.body if isinstance(node, ast.If)), None)
        if branch is None or not (PACKAGE.parent / Path(*package.split("."), "__init__.py")).exists():
            continue
        imports = [node for node in branch.body if isinstance(node, ast.ImportFrom)]
        offered[package] = {alias.name: str(node.module) for node in imports for alias in node.names}
    return offered


def reference(package: str) -> str:
    """What mkdocstrings is told to show of a door: every name that it offers, where it is defined."""
    blocks: list[str] = []
    for name, module in sorted(doors()[package].items()):
        if name == "events":
            blocks.append(f"::: {module}.events\n    options:\n      members: false")
            blocks += [f"::: {kind.__module__}.{kind.__name__}" for kind in EVENT_CLASSES.values()]
        else:
            blocks.append(f"::: {defined_in(name, module)}.{name}")
    return "\n\n".join(blocks)


def defined_in(name: str, module: str) -> str:
    """The module that defines a name which another one may only import."""
    for node in modules()[module].body:
        if isinstance(node, ast.ImportFrom) and name in {alias.asname or alias.name for alias in node.names}:
            return defined_in(name, str(node.module))
    return module


def error_classes() -> str:
    """The errors that atoz raises: class, code, and the first line of what it says of itself."""
    rows = ["| class | code | when |", "|---|---|---|"]
    for node in modules()["atoz.errors"].body:
        if not isinstance(node, ast.ClassDef):
            continue
        code = next(
            (
                ast.literal_eval(statement.value)
                for statement in node.body
                if isinstance(statement, (ast.Assign, ast.AnnAssign))
                and statement.value
                and ast.unparse(statement.targets[0] if isinstance(statement, ast.Assign) else statement.target)
                == "code"
            ),
            "",
        )
        if code:
            says = (ast.get_docstring(node) or "").partition("\n\n")[0].replace("\n", " ")
            rows.append(f"| `{node.name}` | `{code}` | {says} |")
    return "\n".join(rows)


Assigned = dict[str, list[ast.expr]]
"""What each name of a function stands for, one after the other."""


class Call(NamedTuple):
    """A call of a class: the module it stands in, its arguments, and what the names of its function stand for."""

    module: str
    arguments: list[ast.expr]
    assigned: Assigned


def calls(name: str) -> Iterator[Call]:
    """Every call of a class by its name."""
    for module, tree in modules().items():
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        for function in [tree, *functions]:
            nodes = list(own_nodes(function))
            assigned: Assigned = {}
            for node in nodes:
                if isinstance(node, ast.Assign):
                    assigned.setdefault(ast.unparse(node.targets[0]), []).append(node.value)
            for node in nodes:
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                    yield Call(module, node.args, assigned)
                elif name == "yield" and isinstance(node, ast.Yield) and _is_fault(node.value):
                    yield Call(module, node.value.elts, assigned)


def _is_fault(node: ast.expr | None) -> TypeGuard[ast.Tuple]:
    """Whether a tuple is a path, a code and a message."""
    if not isinstance(node, ast.Tuple):
        return False
    match node.elts:
        case [_, ast.Constant(value=str(code)), ast.JoinedStr() | ast.Constant()]:
            return re.fullmatch("[a-z]+(_[a-z]+)*", code) is not None
        case _:
            return False


def own_nodes(around: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a module or function, without those of the functions in it."""
    for node in ast.iter_child_nodes(around):
        yield node
        if not isinstance(node, ast.FunctionDef):
            yield from own_nodes(node)


def said(node: ast.expr, assigned: Assigned) -> Iterator[str]:
    """Each message that an expression may be, as a reader sees it: what is put in stands in braces, by its name."""
    if isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.JoinedStr):
        yield "".join(
            str(part.value) if isinstance(part, ast.Constant) else "{" + put_in(part) + "}" for part in node.values
        )
    elif isinstance(node, ast.IfExp):
        yield from said(node.body, assigned)
        yield from said(node.orelse, assigned)
    elif isinstance(node, ast.Name) and node.id in assigned:
        for value in assigned[node.id]:
            yield from said(value, {})
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        for function in written_functions().get(node.func.id, ()):
            returned = (inner.value for inner in own_nodes(function) if isinstance(inner, ast.Return) and inner.value)
            for value in returned:
                if not (isinstance(value, ast.Constant) and value.value is None):
                    yield from said(value, {})


@cache
def written_functions() -> dict[str, list[ast.FunctionDef]]:
    """The functions that make a sentence and do nothing else, by name: they return a text."""
    made: dict[str, list[ast.FunctionDef]] = {}
    for tree in modules().values():
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.FunctionDef)
                and node.returns
                and ast.unparse(node.returns) in {"str", "str | None"}
            ):
                made.setdefault(node.name, []).append(node)
    return made


def put_in(part: ast.expr) -> str:
    """What stands in the braces of a text, as words: the last name of it."""
    names = [
        node.attr if isinstance(node, ast.Attribute) else node.id
        for node in ast.walk(part)
        if isinstance(node, (ast.Attribute, ast.Name))
    ]
    useful = [name for name in names if name not in {"isoformat", "join", "sorted", "label", "str", "repr", "format"}]
    return useful[0].strip("_") if useful else "…"


FAULTS = (("Fault", 1, 2), ("PydanticCustomError", 0, 1), ("_fault", 1, 2), ("yield", 1, 2))
REFUSALS = (("Refusal", 0, 1),)


class Said(NamedTuple):
    """What may be said with one code, and the rooms that say it."""

    messages: set[str]
    rooms: set[str]


def by_code(*classes: tuple[str, int, int]) -> dict[str, Said]:
    """The codes that calls of some classes give, with their messages."""
    made: dict[str, Said] = {}
    for name, code_at, message_at in classes:
        for call in calls(name):
            if len(call.arguments) > message_at and isinstance(code := call.arguments[code_at], ast.Constant):
                row = made.setdefault(str(code.value), Said(set(), set()))
                row.messages.update(said(call.arguments[message_at], call.assigned))
                row.rooms.add(room(call.module))
    return made


def codes(*classes: tuple[str, int, int]) -> str:
    """A table of the codes that calls of some classes give, with their messages and the rooms that give them."""
    rows = ["| code | message | given by |", "|---|---|---|"]
    for code, row in sorted(by_code(*classes).items()):
        texts = sorted(text.replace("|", "\\|").replace("\n", " ") for text in row.messages)
        given_by = ", ".join(f"`{name}`" for name in sorted(row.rooms))
        rows.append(f"| `{code}` | {'<br>'.join(texts) or 'depends on the input'} | {given_by} |")
    return "\n".join(rows)


def fault_codes() -> str:
    """Everything that can be wrong with an input, by its code."""
    return codes(*FAULTS)


def refusal_codes() -> str:
    """Everything that can forbid an event, by its code."""
    return codes(*REFUSALS)


def transitions(language: Language) -> str:
    """The transition table as the code draws it."""
    return diagram("markdown", language=language)


def own_intervals() -> str:
    """Every length of time that atoz chose itself, by room."""
    rows = ["| room | interval | length | basis |", "|---|---|--:|---|"]
    for file in sorted(PACKAGE.rglob("intervals.toml")):
        package = ".".join(file.parent.relative_to(PACKAGE.parent).parts)
        for name, interval in intervals(package).items():
            units = {"day": interval.days, "hour": interval.hours, "minute": interval.minutes}
            length = " ".join(f"{count} {unit}{'' if count == 1 else 's'}" for unit, count in units.items() if count)
            rows.append(f"| `{package.removeprefix('atoz.')}` | `{name}` | {length} | {interval.basis} |")
    return "\n".join(rows)


def editions_table(language: Language) -> str:
    """Every edition: its id, what it says of itself, its marketplaces, and since when it counts as in force."""
    heads = {
        "en": "| edition | rules | marketplaces | in force |",
        "zh": "| 版本 | 规则 | 站点 | 生效期 |",
    }
    no_place = {"en": "names none", "zh": "未指明"}
    rows = [
        f"| `{edition.id}` | {edition.title.say(language)} | {', '.join(edition.marketplaces) or no_place[language]} "
        f"| {since(edition, language)} |"
        for edition in Edition.all()
    ]
    return "\n".join([heads[language], "|---|---|---|---|", *rows])


def since(edition: Edition, language: Language) -> str:
    """Since when an edition counts as in force."""
    if edition.in_force:
        to = {"en": "to", "zh": "至"}[language]
        return f"{edition.in_force.first} {to} {edition.in_force.last or '…'}"
    if edition.seen_from:
        return {"en": f"from {edition.seen_from} (undated)", "zh": f"自 {edition.seen_from}(未注明日期)"}[language]
    return {"en": "by name only", "zh": "仅按名称"}[language]


MAKERS: dict[str, Callable[[], str]] = {
    "transitions.en": lambda: transitions("en"),
    "transitions.zh": lambda: transitions("zh"),
    "editions.en": lambda: editions_table("en"),
    "editions.zh": lambda: editions_table("zh"),
    "rooms": rooms_diagram,
    "intervals": own_intervals,
    "errors": error_classes,
    "faults": fault_codes,
    "refusals": refusal_codes,
}


def made(name: str) -> str:
    """One part by its name; `reference.atoz.planner` is the reference of that door."""
    if name.startswith("reference."):
        return reference(name.removeprefix("reference."))
    return MAKERS[name]()


def renewed(text: str) -> str:
    """A page with all its made parts as the code has them now."""
    return PART.sub(lambda part: f"{part[1]}{made(part['name'])}\n{part[3]}", text)


REFERENCE = """# `{package}`

::: {package}
    options:
      members: false
      show_root_heading: false
      show_root_toc_entry: false

<!-- made: reference.{package} -->
<!-- /made -->
"""

if __name__ == "__main__":
    for door in doors():
        if not (new := DOCS / "reference" / f"{door.rpartition('.')[2]}.md").exists():
            new.write_text(REFERENCE.format(package=door), encoding="utf-8")
    for page in PAGES:
        before = page.read_text(encoding="utf-8")
        if (after := renewed(before)) != before:
            page.write_text(after, encoding="utf-8")
            sys.stdout.write(f"{page.relative_to(DOCS.parent)}\n")

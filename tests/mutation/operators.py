"""The small changes that are made to a module, one at a time, and where each of them stands."""

import ast
import copy
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.NotEq),
    ast.LtE: (ast.Lt, ast.Eq),
    ast.Gt: (ast.GtE, ast.NotEq),
    ast.GtE: (ast.Gt, ast.Eq),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
COUNTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
CHOSEN = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list"}
ONLY_FOR_CHECKERS = {"annotation", "returns", "decorator_list", "type_comment"}
DECLARED = {"Field", "TypeVar", "NewType", "cast", "TypeAdapter", "ConfigDict"}
"""Calls that declare a shape: the tests of the schemas hold them, and their texts are for readers."""


class Mutant(NamedTuple):
    """One changed module: which change, and of what."""

    module: str
    """Its file, below the package."""
    function: str
    """The outermost function or method around the change; empty if the change stands outside of all."""
    change: str
    number: int
    """Which one it is of the same changes in the same function."""
    lines: tuple[int, int]
    """The first and the last line of the statement, or of its condition."""

    @property
    def key(self) -> str:
        """What names it in the results: no line, so that a change elsewhere in the module does not matter."""
        return f"{self.module}::{self.function}::{self.change}::{self.number}"

    def __str__(self) -> str:
        """Where and what, on one line."""
        return f"{self.module}:{self.lines[0]}  {self.function or '(module)'}  {self.change}"


def mutants(path: Path, module: str = "") -> Iterator[tuple[Mutant, ast.Module]]:
    """Every mutant of a file with its tree, which is changed in place and holds until the next one is asked for."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    counts: Counter[tuple[str, str]] = Counter()
    for parent, field, place, node, function, lines in _nodes(tree, "", (1, 1), in_class=""):
        for change, new in changes(node):
            _put(parent, field, place, ast.fix_missing_locations(ast.copy_location(new, node)))
            yield Mutant(module or path.name, function, change, counts[function, change], lines), tree
            counts[function, change] += 1
            _put(parent, field, place, node)


def changes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Every small change of one node that could matter, with words for it."""
    for new in (*_of_expression(node), *_of_call(node)):
        yield f"{_text(node)}  ->  {_text(new)}", new
    yield from _of_statement(node)


def _of_expression(node: ast.AST) -> Iterator[ast.AST]:  # noqa: C901  (a table of cases)
    match node:
        case ast.Compare():
            for place, operator in enumerate(node.ops):
                for other in COMPARED.get(type(operator), ()):
                    new = copy.copy(node)
                    new.ops = [*node.ops[:place], other(), *node.ops[place + 1 :]]
                    yield new
        case ast.BinOp() if type(node.op) in COUNTED:
            yield ast.BinOp(node.left, COUNTED[type(node.op)](), node.right)
        case ast.BoolOp():
            yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
            for place in range(len(node.values)):
                rest = [*node.values[:place], *node.values[place + 1 :]]
                yield ast.BoolOp(node.op, rest) if len(rest) > 1 else rest[0]
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield node.operand
        case ast.Constant(value=bool()):
            yield ast.Constant(not node.value)
        case ast.Constant(value=int()):
            yield from (ast.Constant(node.value + 1), ast.Constant(node.value - 1))
        case ast.Constant(value=str()):
            yield ast.Constant(f"X{node.value}")


def _of_call(node: ast.AST) -> Iterator[ast.AST]:
    """Another function of its kind, or one argument by name left out."""
    if not isinstance(node, ast.Call):
        return
    if isinstance(node.func, ast.Name) and node.func.id in CHOSEN:
        keywords = [] if node.func.id == "sorted" else node.keywords
        yield ast.Call(ast.Name(CHOSEN[node.func.id], ast.Load()), node.args, keywords)
    for place, keyword in enumerate(node.keywords):
        if keyword.arg is not None:
            yield ast.Call(node.func, node.args, [*node.keywords[:place], *node.keywords[place + 1 :]])


def _of_statement(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """A condition that always or never holds; a result, an error or a call left out."""
    if isinstance(node, (ast.If, ast.IfExp, ast.comprehension, ast.match_case)):
        field = {ast.comprehension: "ifs", ast.match_case: "guard"}.get(type(node), "test")
        asked = getattr(node, field)
        for test in asked if isinstance(asked, list) else filter(None, [asked]):
            for value in (True, False):
                new, constant = copy.copy(node), ast.copy_location(ast.Constant(value), test)
                one_of_many = isinstance(asked, list)
                value_of_field = [constant if other is test else other for other in asked] if one_of_many else constant
                setattr(new, field, value_of_field)
                yield f"if {_text(test)}  ->  {value}", new
    elif isinstance(node, ast.Return) and node.value and not _is_none(node.value):
        yield f"{_text(node)}  ->  return None", ast.Return(ast.Constant(None))
    elif isinstance(node, (ast.Raise, ast.AugAssign)) or (
        isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant)
    ):
        yield f"{_text(node)}  ->  pass", ast.Pass()
    elif isinstance(node, (ast.Continue, ast.Break)):
        new = ast.Break() if isinstance(node, ast.Continue) else ast.Continue()
        yield f"{_text(node)}  ->  {_text(new)}", new


def _nodes(
    parent: ast.AST, function: str, lines: tuple[int, int], *, in_class: str
) -> Iterator[tuple[ast.AST, str, int, ast.AST, str, tuple[int, int]]]:
    """Every node that may be changed: its parent, field and place, its function and its statement."""
    for field, value in ast.iter_fields(parent):
        if field in ONLY_FOR_CHECKERS:
            continue
        for place, node in enumerate(value if isinstance(value, list) else [value]):
            if not isinstance(node, ast.AST) or _is_left_alone(node):
                continue
            if isinstance(parent, ast.JoinedStr) and isinstance(node, ast.Constant):
                continue  # words of a message
            inside, classes, around = function, in_class, _lines(node, lines)
            if isinstance(node, ast.ClassDef) and not function:
                classes = f"{in_class}{node.name}."
            if isinstance(parent, (ast.FunctionDef, ast.AsyncFunctionDef)) and field == "body" and not function:
                inside = f"{in_class}{parent.name}"
            yield parent, field, place, node, inside, around
            yield from _nodes(node, inside, around, in_class=classes)


def _is_left_alone(node: ast.AST) -> bool:
    """What says nothing at run time, or only declares a shape or a text for readers."""
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Import() | ast.ImportFrom() | ast.JoinedStr(values=[ast.Constant()]):
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Assign(value=ast.Subscript()):  # an alias of a type
            return True
        case ast.Call(func=ast.Name(id=name)) if name in DECLARED:
            return True
        case _:
            return False


def _lines(node: ast.AST, around: tuple[int, int]) -> tuple[int, int]:
    """The lines of a statement; of one that has a body, those of its head."""
    if not isinstance(node, (ast.stmt, ast.match_case)):
        return around
    body = getattr(node, "body", None)
    first = getattr(node, "lineno", around[0])
    last = body[0].lineno - 1 if body else node.end_lineno
    return (first, max(first, last))


def _put(parent: ast.AST, field: str, place: int, node: ast.AST) -> None:
    """Put a node in its place below another."""
    value = getattr(parent, field)
    if isinstance(value, list):
        value[place] = node
    else:
        setattr(parent, field, node)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _text(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())


def modules(room: Path) -> Iterable[Path]:
    """The modules of a room, without its door."""
    return sorted(room.glob("[!_]*.py"))

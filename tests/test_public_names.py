"""Every public name with its signature, as one page that a change has to touch: `tests/public_names.txt`.

After a change that is meant: `python tests/test_public_names.py` writes the page again.
"""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = Path(__file__).with_name("public_names.txt")
DOORS = (
    ROOT / "atoz" / "__init__.py",
    *(door for door in sorted((ROOT / "atoz").glob("*/__init__.py")) if door.parent.name != "cli"),
)


@cache
def parsed(module: str) -> ast.Module:
    """The source of a module or package, parsed."""
    path = ROOT.joinpath(*module.split("."))
    file = path.with_suffix(".py")
    return ast.parse((file if file.exists() else path / "__init__.py").read_text(encoding="utf-8"))


def of_function(node: ast.FunctionDef) -> str:
    """A function's name, arguments and result, without its body."""
    result = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"{node.name}({ast.unparse(node.args)}){result}"


def of_member(node: ast.stmt) -> str:
    """One line for a public field, member or method of a class; nothing for anything else."""
    if isinstance(node, ast.AnnAssign) and not ast.unparse(node.target).startswith("_"):
        return f"{ast.unparse(node.target)}: {ast.unparse(node.annotation)}"
    if isinstance(node, ast.Assign) and not ast.unparse(node.targets[0]).startswith("_"):
        return f"{ast.unparse(node.targets[0])} = {ast.unparse(node.value)}"
    if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
        if any(ast.unparse(decorator).endswith("property") for decorator in node.decorator_list):
            return of_function(node).replace("(self)", "")
        return of_function(node)
    return ""


def of_name(name: str, module: str) -> list[str]:
    """What the page says of one name of a module."""
    lines: list[str] = []
    for node in parsed(module).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            lines.append(of_function(node))
        elif isinstance(node, ast.ClassDef) and node.name == name:
            lines.append(f"class {name}({', '.join(map(ast.unparse, node.bases))})".replace("()", ""))
            lines += [f"    {line}" for member in node.body if (line := of_member(member))]
        elif isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == name:
            lines.append(f"{name}: {ast.unparse(node.annotation)}")
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            value = ast.unparse(node.value)
            lines.append(f"{name} = {value}" if len(value) < len("a" * 100) else name)
    if not lines:  # a name that the module imports, or a module that the door offers itself
        imported = [
            (alias.name, str(node.module))
            for node in parsed(module).body
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
            if (alias.asname or alias.name) == name
        ]
        return of_name(*imported[0]) if imported else [f"module {module}.{name}"]
    return lines


def page() -> str:
    """The page as the source has it."""
    lines: list[str] = []
    offered: dict[tuple[str, str], str] = {}
    for door in DOORS:
        package = ".".join(door.parent.relative_to(ROOT).parts)
        branch = next(node for node in parsed(package).body if isinstance(node, ast.If))
        names = {
            alias.name: str(node.module)
            for node in branch.body
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        lines.append(f"{package}\n")
        for name, module in sorted(names.items()):
            elsewhere = offered.setdefault((name, module), package)
            said = of_name(name, module) if elsewhere == package else [f"{name}: see {elsewhere}"]
            lines += [f"    {line}" for line in said]
        lines.append("")
    return "\n".join(lines)


def test_public_names_are_those_of_the_page() -> None:
    """A public name or signature that changes is a line in this page, and so is seen by whoever reads the change."""
    assert page() == PAGE.read_text(encoding="utf-8"), "meant? python tests/test_public_names.py"


def test_no_public_name_is_left_without_a_signature() -> None:
    """Every name was found in the source; only `events` is a module."""
    assert [line.strip() for line in page().splitlines() if line.strip().startswith("module ")] in (
        [],
        ["module atoz.events"],
    )


def test_as_of_is_always_said_by_its_name() -> None:
    """An instant in third place could be any instant: no public function takes `as_of` by position."""
    by_position = [
        f"{file.relative_to(ROOT)}: {node.name}"
        for file in sorted((ROOT / "atoz").rglob("*.py"))
        if file.parent.name != "cli"  # a command's parameters are its options, by name on every command line
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        if any(argument.arg == "as_of" for argument in (*node.args.posonlyargs, *node.args.args))
    ]
    assert by_position == []


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

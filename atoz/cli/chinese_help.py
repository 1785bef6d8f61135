"""Help and usage errors in Chinese, laid out by the width that characters take on a screen.

The texts stand in `help_texts.toml` by their English; a text that the file does not know stays English.
"""

import inspect
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache

import typer
from rich.cells import cell_len
from typer.core import TyperGroup
from typer.exceptions import TyperException
from typer.main import get_command

from atoz.cli.error_texts import help_texts, sentence_in
from atoz.cli.output import screen_width

_WIDEST, _NAMES, _GAP = 78, 30, 2
_INTERRUPTED = 130
_PIECE = re.compile("[(“]*(?:[!-'*-~]+|[^\\s!-~])[,.;:!?。、)”…]*|\\s+")
"""What a line may be broken between: a word of Latin letters or one Chinese character, with its punctuation."""
_KEPT_LINES = "\b"
_COMMENT = re.compile(r"# .*$")


class ChineseContext(typer.Context):
    """A command that is being read, with its help in Chinese."""

    def get_usage(self) -> str:
        """The line that shows how to call the command."""
        pieces = (help_texts().labels.get(piece, piece) for piece in self.command.collect_usage_pieces(self))
        return f"{help_texts().labels['usage']}{self.command_path} {' '.join(pieces)}"

    def get_help(self) -> str:
        """The whole page: usage, text, arguments, options, commands, and what the page ends with."""
        command = self.command
        sections = [self.get_usage(), *map(_indented, _paragraphs(command.help))]
        for kind in ("argument", "option"):
            rows = [
                (record[0], _described(getattr(parameter, "help", None), record[1]))
                for parameter in command.get_params(self)
                if parameter.param_type_name == kind and (record := parameter.get_help_record(self)) is not None
            ]
            if rows:
                sections.append(_section(f"{kind}s", rows))
        if isinstance(command, TyperGroup):
            names = ((name, command.get_command(self, name)) for name in command.list_commands(self))
            shown = [
                (name, next(_paragraphs(inner.help), ""))
                for name, inner in names
                if inner is not None and not inner.hidden
            ]
            sections.append(_section("commands", shown))
        return "\n\n".join([*sections, *map(_indented, _paragraphs(command.epilog))])


def run_in_chinese(app: typer.Typer) -> None:
    """Run the command line; what its library says about help and usage is said in Chinese.

    Raises:
        SystemExit: at the end, with the exit code.
        KeyboardInterrupt: Ctrl-C stopped it.
    """
    command = get_command(app)
    _set_context(command)
    try:
        code: object = command(prog_name="atoz", standalone_mode=False)
    except TyperException as error:
        sys.stderr.write(f"{_usage_error(error)}\n")
        sys.exit(error.exit_code)
    except typer.Abort:
        sys.stderr.write(f"{help_texts().labels['aborted']}\n")
        sys.exit(1)
    if code == _INTERRUPTED:
        raise KeyboardInterrupt
    sys.exit(code if isinstance(code, int) else 0)


def _set_context(command: object) -> None:
    """Commands inside a group are read by a context of their own."""
    vars(command)["context_class"] = ChineseContext
    for inner in getattr(command, "commands", {}).values():
        _set_context(inner)


def _usage_error(error: TyperException) -> str:
    context: object = getattr(error, "ctx", None)
    said = error.format_message()
    labels = help_texts().labels
    sentence = labels["error"].format(message=sentence_in("usage", said))
    if not isinstance(context, ChineseContext):
        return sentence
    if said == context.get_help():  # a group that was called without a command
        return said
    hint = labels["hint"].format(command=context.command_path, option=context.help_option_names[0])
    return f"{context.get_usage()}\n{hint}\n\n{sentence}"


def _described(english: str | None, record: str) -> str:
    """The text of an option with what the library adds to it: variable, default, range, required."""
    added = record.removeprefix(english or "").strip()
    for label in ("env var: ", "default: ", "required", "; "):
        added = added.replace(label, help_texts().labels[label])
    text = "".join(_paragraphs(english))
    return f"{text} {added}".strip()


def _paragraphs(english: str | None) -> Iterator[str]:
    """Each paragraph in Chinese; the lines of a marked one stay lines."""
    for paragraph in inspect.cleandoc(english or "").split("\n\n"):
        if paragraph.startswith(_KEPT_LINES):
            yield "\n".join(map(_line, paragraph.splitlines()[1:]))
        elif paragraph:
            yield _said(" ".join(paragraph.split()))


def _line(english: str) -> str:
    """A line of an example or a list: only its comment, or the whole of it, is a text."""
    if _said(english) != english:
        return _said(english)
    return _COMMENT.sub(lambda comment: _said(comment[0]), english)


@cache
def _said(english: str) -> str:
    return sentence_in("help", english)


def _indented(paragraph: str) -> str:
    lines = paragraph.splitlines() if "\n" in paragraph else wrapped(paragraph, _width() - _GAP)
    return "\n".join(f"{' ' * _GAP}{line}" for line in lines)


def _section(title: str, rows: Iterable[tuple[str, str]]) -> str:
    """A heading, and under it names with their texts in two columns."""
    rows = list(rows)
    column = min(max(cell_len(name) for name, _ in rows), _NAMES) + 2 * _GAP
    lines = [f"{help_texts().labels[title]}:"]
    for name, text in rows:
        first = f"{' ' * _GAP}{name}"
        described = wrapped(text, max(_width() - column, 2 * _GAP))
        if cell_len(first) > column - _GAP:
            lines.append(first)
            first = ""
        lines.append(f"{first}{' ' * (column - cell_len(first))}{described[0]}".rstrip())
        lines += [f"{' ' * column}{line}" for line in described[1:]]
    return "\n".join(lines)


def _width() -> int:
    return min(screen_width() - _GAP, _WIDEST)


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most this many columns, a Chinese character taking two of them.

    >>> wrapped("输出 JSON 而不是文字。", 11)
    ['输出 JSON', '而不是文', '字。']
    """
    lines = [""]
    for piece in _PIECE.findall(text):
        if lines[-1] and cell_len(f"{lines[-1]}{piece}".rstrip()) > width:
            lines[-1] = lines[-1].rstrip()
            lines.append("")
        if lines[-1] or piece.strip():
            lines[-1] += piece
    return [*lines[:-1], lines[-1].rstrip()]

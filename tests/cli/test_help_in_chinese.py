"""With ATOZ_LANG=zh the help of every command and every error of usage is Chinese; nothing is missing or left over."""

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from rich.cells import cell_len
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from atoz.cli.app import command_line
from atoz.cli.chinese_help import wrapped
from atoz.cli.error_texts import help_texts, sentence_in

Run = Callable[..., Any]
CHINESE = re.compile("[\u4e00-\u9fff]")
ENGLISH = re.compile(r"(?:\b[A-Za-z][a-z']*[,;:.]? ){3,}[a-z']+")
NAMES = re.compile(r"^ *[a-z_]+( +[a-z_*]+)*$|[\w-]+(,\s+[\w-]+)+", re.MULTILINE)
"""A line of the list of events with their fields, and lists of what can be written."""


def tree(command: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    """Every command and every group with the words that call it."""
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from tree(inner, (*path, name))


COMMANDS = dict(tree(get_command(command_line())))


def paragraphs(text: str | None) -> Iterator[str]:
    """The paragraphs of a help text, and the lines of those whose lines are kept."""
    for paragraph in inspect.cleandoc(text or "").split("\n\n"):
        if paragraph.startswith("\b"):
            for line in paragraph.splitlines()[1:]:
                yield line if ":" in line and "#" not in line else line[max(line.find("# "), 0) :] * ("# " in line)
        else:
            yield " ".join(paragraph.split())


def texts() -> Iterator[str]:
    """Every English text that some help is made of."""
    for command in COMMANDS.values():
        assert isinstance(command, TyperCommand | TyperGroup)
        for text in (command.help, command.epilog, *(getattr(row, "help", None) for row in command.params)):
            yield from filter(None, paragraphs(text))
    yield "Show this message and exit."


@pytest.mark.parametrize("text", sorted(set(texts())), ids=lambda text: text[:50])
def test_every_text_of_the_help_has_its_chinese(text: str) -> None:
    """A text that is new, or worded anew, is translated in the same commit."""
    assert CHINESE.search(sentence_in("help", text)), f"no Chinese in help_texts.toml for: {text}"


def test_no_text_is_left_over() -> None:
    """What no command says any more is deleted."""
    said = {re.sub(r"[^A-Za-z ]", "", text) for text in texts()}
    for english in help_texts().help:
        start = re.sub(r"[^A-Za-z ]", "", english.split("{")[0])
        assert any(text.startswith(start) for text in said), english


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("columns", ["60", "140"])
def test_the_help_of_a_command_is_chinese_and_fits(
    atoz: Run, monkeypatch: pytest.MonkeyPatch, path: tuple[str, ...], columns: str
) -> None:
    """Its frame and its texts; a Chinese character takes two columns."""
    monkeypatch.setenv("ATOZ_LANG", "zh")
    done = atoz(*path, "--help", columns=columns)
    assert done.code == 0
    assert done.out.startswith("用法:atoz")
    assert ENGLISH.findall(NAMES.sub("", done.out)) == []
    for line in done.out.splitlines():
        typed = "#" in line or "<" in line or "{" in line or re.match(r"  +[a-z_]+  ", line)  # is never broken
        assert typed or cell_len(line) <= int(columns)


def test_english_help_is_as_it_was(atoz: Run) -> None:
    """Without the variable nothing is translated."""
    assert not CHINESE.search(atoz("plan", "--help").out)


CALLS = {
    "no such command": ("plna",),
    "no command at all like it": ("qqqq",),
    "no argument": ("status",),
    "no option": ("plan", "--nonsense"),
    "a near option": ("plan", "--jsom"),
    "too many arguments": ("status", "denied", "more", "and more"),
    "no value": ("policy", "check", "faq-2016", "--depth"),
    "a value too many": ("plan", "--json=3"),
    "not a number": ("serve", "--port", "x"),
    "not a whole number": ("serve", "--port", "1.5"),
    "not a number with digits": ("policy", "check", "faq-2016", "--coverage-floor", "much"),
    "too small": ("serve", "--port", "-1"),
    "too large": ("serve", "--port", "65536"),
    "no such choice": ("diagram", "--form", "picture"),
    "no required option": ("batch", "rows.csv"),
    "a group without a command": ("store",),
    "no such command of a group": ("store", "lits"),
}


@pytest.mark.parametrize("name", CALLS)
def test_an_error_of_usage_is_chinese(atoz: Run, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """In the words of the list, with the same exit code."""
    plain = atoz(*CALLS[name])
    monkeypatch.setenv("ATOZ_LANG", "zh")
    done = atoz(*CALLS[name])
    assert done.code == plain.code == 2
    assert CHINESE.search(done.err)
    assert ENGLISH.findall(" ".join(done.err.split())) == []
    assert done.out == plain.out == ""
    assert "'--help'" not in done.err


def test_a_line_is_broken_by_columns_and_never_before_punctuation() -> None:
    """Words of Latin letters stay whole."""
    text = "把一个索赔(JSON 文件)写到标准输出、用 -o 写入新文件,或写入存储。"
    for width in range(10, 60):
        lines = wrapped(text, width)
        assert all(cell_len(line) <= width for line in lines)
        assert "".join("".join(lines).split()) == "".join(text.split())
        assert not any(line[0] in ",。、)" for line in lines)
        assert not any(line.endswith("(") for line in lines)

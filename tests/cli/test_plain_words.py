"""What a newcomer meets first: errors that say what to write, and help in one form."""

import re
from collections.abc import Iterator

import pytest
import typer
from typer.main import get_command

from atoz.cli.app import command_line
from atoz.model.instant import to_day

CLOSED = "not-received.json"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            ("plan", "CLAIM", "--as-of", "2026-11-23"),
            "2026-11-23 is a day; an instant is needed, for example 2026-11-23T",
        ),
        (("plan", "CLAIM", "--as-of", "tomorrow"), "--as-of: 'tomorrow' is not an instant; write one as ISO 8601"),
        (
            ("plan", "CLAIM", "--as-of", "2026-11-23T09:00"),
            "has no time zone; add its offset, for example 2026-11-23T09",
        ),
        (
            ("window", "CLAIM", "--on", "2026-02-30"),
            "--on: '2026-02-30' is not a calendar day; write one such as 2016-",
        ),
        (("plan",), "plan: name a claim file, or a store with --store PATH (or ATOZ_STORE) [invalid_document]"),
        (("apply", "CLAIM", "denied"), "event: at: this field is required; add --at INSTANT [invalid_document]"),
        (("apply", "CLAIM", "seller_caled"), "unknown event 'seller_caled'\nnearest: seller_"),
        (("apply", "CLAIM", "zzz", "--at", "now"), "unknown event 'zzz'\nknown: filed; "),
        (("status", "pending"), "unknown claim status 'pending'\nknown: Under review; "),
        (
            ("apply", "CLAIM", "seller_appealed", "--at", "2016-06-25T00:00:00Z"),
            "a claim that is under_review allows only ",
        ),
    ],
)
def test_an_error_says_what_to_write(atoz, claims, arguments, says):
    """The value as it was typed, what is wrong with it, and what to do; the code in brackets comes last."""
    done = atoz(*(claims / CLOSED if argument == "CLAIM" else argument for argument in arguments))
    assert done.code in {1, 2}
    assert says in done.err
    assert re.search(r" \[[a-z_]+\]\n$", done.err)


@pytest.mark.parametrize("value", ["Jane Doe", "1 Main Street", "555-123-4567", 7, None])
def test_only_what_looks_like_a_date_is_repeated(value):
    """A text in the wrong column may be a name, so a library's error does not carry it into a log."""
    with pytest.raises(Exception, match=r"^this is not a calendar day; write one such as 2016-06-10$"):
        to_day(value)


def commands(group: object, path: str = "atoz") -> Iterator[tuple[str, object]]:
    """Every command of a group, at any depth, with the words that call it."""
    inner = getattr(group, "commands", None)
    if inner is None:
        yield path, group
        return
    for name, command in inner.items():
        yield from commands(command, f"{path} {name}")


def test_every_value_on_the_command_line_has_a_name_in_capitals():
    """No `<str>` stands for a file, a day or an id: help says which in one word; choices list themselves."""
    odd = [
        (path, parameter.name)
        for path, command in commands(get_command(command_line()))
        for parameter in command.params
        if not (
            getattr(parameter, "is_flag", False)
            or parameter.type_descriptor.is_choice
            or re.fullmatch(r"[A-Z_]+([|=][A-Z]+)?", parameter.metavar or "")
        )
    ]
    assert odd == []


def test_help_says_a_default_once_and_speaks_of_exit_codes_alike():
    """What Typer adds to a line is not written there too; an exit code is called one."""
    for path, command in commands(get_command(command_line())):
        text = " ".join(command.get_help(typer.Context(command, info_name=path)).split())
        assert not re.search(r"[Dd]efault: (\S+)\. +\[[^]]*default: \1", text), path
        assert not re.search(r"\b[Ee]xits?( with)? [0-9]", text), path
        assert "reads standard input" not in text, path

"""`atoz report`: pages and calendars from files, and nothing half done."""

import subprocess
import sys

import pytest
from icalendar import Calendar

AS_OF = ("--as-of", "2016-06-22T16:00:00Z")


def test_claim_becomes_a_page(atoz, claims, tmp_path):
    """One claim is written to a new file as a page; nothing is printed, and a second run does not overwrite it."""
    target = tmp_path / "page.html"
    done = atoz("report", claims / "not-received.json", *AS_OF, "-o", target)
    text = target.read_text(encoding="utf-8")
    again = atoz("report", claims / "not-received.json", *AS_OF, "--lang", "zh", "-o", target)

    assert (done.code, done.out, done.err) == (0, "", "")
    assert "<title>Claim on order 123-1234567-1234567: Under review</title>" in text
    assert again.code == 2
    assert "文件已存在" in again.err
    assert target.read_text(encoding="utf-8") == text


def test_worklist_becomes_a_page_on_the_screen(atoz, claims):
    """Many claims become a worklist page; without -o it goes to standard output, and --lang is shown first."""
    done = atoz("report", claims / "many.jsonl", *AS_OF, "--lang", "zh")

    assert done.code == 0
    assert done.out.startswith('<!DOCTYPE html>\n<html lang="zh">')
    assert "<title>5 个索赔</title>" in done.out


def test_bad_lines_are_owned_up_to(atoz, claims):
    """Lines that cannot be read are reported, counted on the page, and give exit code 2; the others are shown."""
    lines = (claims / "many.jsonl").read_bytes() + b'{"kind": "claim"}\n{"kind": "order"}\nnonsense\n'
    done = atoz("report", "-", *AS_OF, stdin=lines)

    assert done.code == 2
    assert "Lines that could not be read and are missing from this page: 2." in done.out
    assert "<title>A-to-z claims: 5</title>" in done.out
    assert done.err.count("[invalid_document]") == 2


def test_calendar_of_one_and_of_many(atoz, claims):
    """`--ics` gives a calendar that the library reads back, of one claim and of many."""
    one = Calendar.from_ical(atoz("report", claims / "not-received.json", *AS_OF, "--ics").out)
    many = Calendar.from_ical(atoz("report", claims / "many.jsonl", *AS_OF, "--ics").out)
    uids = {str(each["uid"]) for each in one.walk("VEVENT")}

    assert "atoz-123-1234567-1234567-deadline-answer_amazon" in uids
    assert len(list(many.walk("VEVENT"))) >= len(uids)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("nowhere.json",), "No such file"),
        (("/dev/null",), "the file is empty"),
        (("-", "--policy", "nobody"), "unknown policy"),
        (("-", "--as-of", "2016-06-22"), "--as-of"),
    ],
)
def test_bad_input_is_a_message(atoz, arguments, says):
    """Bad input gives a message and exit code 2, never a traceback or a page."""
    done = atoz("report", *arguments)

    assert (done.code, done.out) == (2, "")
    assert says in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(("library", "flags"), [("babel", ()), ("jinja2", ()), ("icalendar", ("--ics",))])
def test_missing_extra_is_said_in_one_line(claims, library, flags):
    """Without a library of the extra, the command says what to install."""
    arguments = ["atoz", "report", str(claims / "not-received.json"), *AS_OF, *flags]
    code = (
        f"import sys; sys.modules[{library!r}] = None; sys.argv = {arguments!r}\n"
        "from atoz.__main__ import main; sys.exit(main())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (2, "")
    assert "pip install '.[report]'" in done.stderr


def test_both_calls_give_the_same_bytes(atoz, claims, tmp_path):
    """The file and the screen get the same calendar, with the line ends that the format wants."""
    target = tmp_path / "dates.ics"
    atoz("report", claims / "not-received.json", *AS_OF, "--ics", "-o", target)
    shown = atoz("report", claims / "not-received.json", *AS_OF, "--ics").out

    assert target.read_bytes().decode() == shown
    assert shown.count("\r\n") == shown.count("\n") > 10

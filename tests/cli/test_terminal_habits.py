"""What people expect of any command: completion, the environment, widths, Ctrl-C, pipes, and input that is none."""

import json
import logging
import os
import pty
import re
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from rich.cells import cell_len

from atoz.errors import InvalidDocument, printable
from atoz.lifecycle.replay import read_claim
from atoz.model.events import EVENT_CLASSES
from atoz.testing.world import WORLDLY

ATOZ = (sys.executable, "-m", "atoz")
AS_OF = ("--as-of", "2016-06-22T16:00:00Z")
ORDER = ("--marketplace", "US", "--placed-at", "2016-06-01T15:00:00Z", "--deliver-by", "2016-06-10")


def run(*arguments: str | Path, **options) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, without COLUMNS unless the test says so."""
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    environment |= options.pop("env", {})
    return subprocess.run(
        [*ATOZ, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        timeout=120,
        **options,
    )


def test_the_shell_can_complete_commands_and_options():
    """Bash asks through the environment; commands and options come back."""
    asked = {"_ATOZ_COMPLETE": "complete_bash", "COMP_WORDS": "atoz pl", "COMP_CWORD": "1"}
    assert run(env=asked).stdout.split() == ["plan"]
    asked = {"_ATOZ_COMPLETE": "complete_bash", "COMP_WORDS": "atoz report x --rep", "COMP_CWORD": "3"}
    assert run(env=asked).stdout.split() == ["--replace"]


def test_options_can_stand_in_the_environment(atoz, claims, monkeypatch):
    """Edition, policy and language; what is typed wins, and a bad value names the variable."""
    monkeypatch.setenv("ATOZ_EDITION", "us-2026")
    monkeypatch.setenv("ATOZ_LANG", "zh")
    monkeypatch.setenv("ATOZ_POLICY", "current")
    assert "us-2026" in atoz("window", *ORDER).out
    assert "faq-2016" in atoz("window", *ORDER, "--edition", "faq-2016").out
    assert "策略 current" in atoz("plan", claims / "not-received.json", *AS_OF).out
    assert (
        "policy faq-2016"
        in atoz("plan", claims / "not-received.json", *AS_OF, "--lang", "en", "--policy", "faq-2016").out
    )
    monkeypatch.setenv("ATOZ_LANG", "klingon")
    done = atoz("window", *ORDER)
    assert done.code == 2
    assert "ATOZ_LANG" in done.err


def test_the_environment_does_not_move_a_pinned_claim(atoz, claims, monkeypatch):
    """A claim counts by its own edition unless another one is typed."""
    monkeypatch.setenv("ATOZ_EDITION", "us-2026")
    assert "faq-2016" in atoz("window", claims / "not-received.json", "--lang", "en").out
    assert "us-2026" in atoz("window", claims / "not-received.json", "--edition", "us-2026").out


@pytest.mark.parametrize("columns", ["abc", "0", "-5", "", "1", "99999999999999999999"])
def test_any_width_prints_the_result(atoz, claims, columns):
    """A width that is none is not a traceback, and never an empty screen."""
    done = atoz("plan", claims / "not-received.json", *AS_OF, columns=columns)
    assert (done.code, done.err) == (0, "")
    assert "123-1234567-1234567" in done.out


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("file", ["many.jsonl"])
def test_a_worklist_fits_sixty_columns(atoz, claims, language, file):
    """Nothing is cut and nothing is wider than the screen, in columns as a terminal counts them."""
    done = atoz("plan", claims / file, *AS_OF, "--lang", language, columns="60")
    rows = [json.loads(line) for line in (claims / file).read_text().splitlines()]
    assert done.code == 0
    assert all(cell_len(line) <= 60 for line in done.out.splitlines()), done.out
    assert all(f"\n{row['order']['order_id']}  " in f"\n{done.out}" for row in rows)


def test_states_of_a_plan_stand_in_one_column(atoz, claims):
    """Chinese labels take two columns a character: what to do begins where the reason below it begins."""
    lines = atoz("plan", claims / "not-received.json", *AS_OF, "--lang", "zh").out.splitlines()
    pairs = [(line, below) for line, below in pairwise(lines) if "  (" in line]
    assert pairs
    for line, below in pairs:
        label = re.match(r"\S+\s+", line)
        assert label
        assert cell_len(label[0]) == len(below) - len(below.lstrip())


def test_help_of_apply_lists_every_event_and_its_fields(atoz):
    """What can be applied, and with what, is in the help."""
    out = atoz("apply", "--help").out
    lines = {line.split()[0]: line.split()[1:] for line in out.splitlines() if line.startswith("    ")}
    assert set(EVENT_CLASSES) <= set(lines)
    assert lines["granted_seller_funded"] == ["amount", "counts_against_odr"]
    assert lines["evidence_added"] == ["evidence*"]
    assert "at*" in out


def test_help_of_simulate_shows_a_world_that_works(atoz, claims, tmp_path):
    """The format of --world is in the help, and the example there is one."""
    out = atoz("policy", "simulate", "--help").out
    assert all(event in out for event in WORLDLY)
    world = tmp_path / "world.toml"
    world.write_text(
        "\n".join(re.findall(r"^    (lapses.*|\[\[.*|value.*|unit.*|event.*|facts.*)$", out, re.MULTILINE))
    )
    done = atoz("policy", "simulate", "faq-2016", claims / "not-received.json", "--world", world, "--json")
    assert done.code in {0, 1}, done.err
    assert json.loads(done.out)


def test_a_seller_cannot_be_three_thousand_centuries_late(atoz, claims):
    """The number is refused with the range, not with an overflow."""
    done = atoz("policy", "simulate", "faq-2016", claims / "not-received.json", "--late", "99999999999")
    assert done.code == 2
    assert "8760" in done.err


def test_a_draft_that_lacks_values_still_has_its_plan(atoz, claims):
    """The plan is printed, and each value is asked for by the option that gives it."""
    done = atoz("plan", claims / "not-received.json", "--as-of", "2016-06-21T18:00:00Z", "--draft")
    assert done.code == 2
    assert "Claim on order 123-1234567-1234567" in done.out
    assert "--set seller_name=..." in done.err
    filled = atoz("message", "fill", "lost", "--about", claims / "not-received.json")
    assert "--set tracking_number=..." in filled.err
    assert "give it as" not in done.err + filled.err


def test_no_color_means_no_escapes(claims):
    """On a terminal that asks for plain text there is not one escape character; without the wish there are some."""

    def on_a_terminal(**environment: str) -> bytes:
        master, terminal = pty.openpty()
        process = subprocess.Popen(
            [*ATOZ, "plan", str(claims / "many.jsonl"), *AS_OF],
            stdout=terminal,
            stderr=terminal,
            env={**os.environ, "TERM": "xterm-256color", **environment},
        )
        os.close(terminal)
        said = b""
        while True:
            try:
                part = os.read(master, 65536)
            except OSError:  # the other end is gone
                break
            if not part:
                break
            said += part
        process.wait()
        os.close(master)
        return said

    assert b"\x1b" in on_a_terminal()
    plain = on_a_terminal(NO_COLOR="1")
    assert b"\x1b" not in plain
    assert b"123-1234567-1234567" in plain


@pytest.mark.slow
@pytest.mark.usefixtures("unmeasured")
@pytest.mark.parametrize("delay", [0.05, 0.3, 0.6, 0.9, 1.3, 2.0, 3.0])
@pytest.mark.parametrize("command", ["plan", "batch", "check"])
def test_ctrl_c_ends_a_command_quietly(claims, tmp_path, command, delay):
    """At any moment: exit code 130, no traceback, no abort, nothing half written; the whole group gets the signal."""
    lines = tmp_path / "many.jsonl"
    claim = json.dumps(json.loads((claims / "not-received.json").read_text()))
    lines.write_text((claim + "\n") * 20_000)
    orders = tmp_path / "orders.csv"
    row = "123-1234567-1234567,US,2016-06-01T15:00:00Z,2016-06-10\n"
    orders.write_text("order_id,marketplace,placed_at,deliver_by\n" + row * 400_000)
    arguments = {
        "plan": ("plan", str(lines), *AS_OF),
        "batch": ("batch", str(orders), "-o", str(tmp_path / "out.csv")),
        "check": ("policy", "check", "faq-2016", "--depth", "6"),
    }[command]
    process = subprocess.Popen(
        [*ATOZ, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    time.sleep(delay)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)

    started = "runpy" not in errors and "site.py" not in errors  # before that, Python itself has the signal
    # a command that is just leaving without a word is ended by the signal itself, which a shell shows as 130 too
    ending = {130, 0} if errors else {130, 0, -signal.SIGINT}
    assert process.returncode in (ending if started else {130, 1, -signal.SIGINT})
    assert not started or "Traceback" not in errors
    assert not list(tmp_path.glob(".*.new"))
    assert process.returncode == 0 or not (tmp_path / "out.csv").exists()


def test_closed_streams(claims):
    """Without a standard output there is one line; without an input or error stream the command works."""
    done = run("editions", preexec_fn=lambda: os.close(1))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "standard output is closed; redirect it to a file, or to /dev/null [not_writable]\n"
    silent = run("status", "closed", preexec_fn=lambda: os.close(2))
    assert (silent.returncode, "closed" in silent.stdout) == (0, True)
    empty = run("plan", "-", preexec_fn=lambda: os.close(0))
    assert (empty.returncode, "Claims: 0" in empty.stdout) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("plan", "{file}"), "it is larger than"),
        (("apply", "{file}", "denied", "--at", "2016-06-25T00:00:00Z"), "it is larger than"),
        (("message", "check", "{file}"), "it is larger than"),
    ],
)
@pytest.mark.parametrize("file", ["/dev/zero", "line"])
def test_input_without_end_is_refused(atoz, tmp_path, arguments, says, file):
    """A device that never ends and a line of a gigabyte are one error each, within the memory of a small machine."""
    if file == "line":
        file = tmp_path / "line"
        with file.open("wb") as sparse:
            sparse.truncate(1_000_000_000)
    done = atoz(*(argument.format(file=file) for argument in arguments))
    assert done.code == 2
    assert says in done.err
    assert len(done.err.splitlines()) == 1


def test_odd_files_are_one_error_each(atoz, tmp_path):
    """A pipe that nobody writes to does not hang; a loop of links, a folder and a missing file are said."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for name, says in {
        "pipe": "the file is empty",
        "loop": "symbolic links",
        "missing": "No such file",
        ".": "Is a directory",
    }.items():
        done = atoz("plan", tmp_path / name)
        assert (done.code, done.out) == (2, "")
        assert says in done.err
        assert len(done.err.splitlines()) == 1


def test_a_pipe_that_somebody_writes_to_is_read(claims, tmp_path):
    """Process substitution of a shell works."""
    command = f"{' '.join(ATOZ)} plan <(cat {claims / 'not-received.json'}) {' '.join(AS_OF)}"
    done = subprocess.run(["/bin/bash", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


HOSTILE = "total\x1b[2J\u202e09.13\x07"


@pytest.mark.parametrize("place", ["key", "value", "name"])
def test_a_file_cannot_steer_the_terminal(atoz, claims, tmp_path, place):
    """Control and direction characters of keys, values and file names are spelt out in errors."""
    claim = json.loads((claims / "not-received.json").read_text())
    if place == "key":
        claim[HOSTILE] = 1
    elif place == "value":
        claim["reason"] = HOSTILE
    file = tmp_path / (f"{HOSTILE}.json" if place == "name" else "claim.json")
    file.write_text(json.dumps(claim) if place != "name" else "{")
    done = atoz("plan", file)
    assert done.code == 2
    assert not set("\x1b\u202e\x07") & set(done.out + done.err)


def test_what_a_claim_says_cannot_steer_screen_or_page(atoz, claims, tmp_path):
    """Notes and the buyer's words come out spelt, on the screen and on the page."""
    claim = json.loads((claims / "not-received.json").read_text())
    claim["history"][0]["note"] = HOSTILE.replace("\x07", "")
    claim["platform_words"] = HOSTILE.replace("\x07", "")
    file = tmp_path / "claim.json"
    file.write_text(json.dumps(claim))
    page = atoz("report", file, *AS_OF).out
    packet = atoz("packet", file, *AS_OF).out
    assert "\\u202e" in page
    assert not set("\x1b\u202e") & set(page + packet + atoz("plan", file, *AS_OF).out)


def test_printable_keeps_what_people_write():
    """Line feeds, tabs, Chinese, spaces of every width and joined emoji stay."""
    words = "a\tb\n索赔 \u3000\u00a0\u202f👨\u200d👩\u200d👧"
    assert printable(words) == words
    assert printable("\ud800\x00\x9b\u2028") == "\\ud800\\x00\\x9b\\u2028"


def test_a_log_of_a_bad_document_holds_no_value_of_it(caplog):
    """`logging.exception` prints causes too; a name in a claim must not come along."""
    planted = "Margaret Example"
    claim = {"order": {"order_id": planted, "marketplace": "US"}, "reason": planted, "history": [{"note": planted}]}
    try:
        read_claim(claim)
    except InvalidDocument:
        logging.getLogger("test").exception("could not be read")
    assert "could not be read" in caplog.text
    assert planted not in caplog.text


def test_report_and_simulate_count_by_the_edition_that_is_named(atoz, claims):
    """--edition is a what-if of one run; an unknown one is refused with the nearest."""
    claim = claims / "not-received.json"
    assert "us-2026" in atoz("report", claim, *AS_OF, "--edition", "us-2026", "--lang", "en").out
    named = atoz("policy", "simulate", "faq-2016", claim, "--edition", "us-2026", "--json")
    assert named.code in {0, 1}
    assert '"us-2026"' in named.out
    for command in (("report", claim), ("policy", "simulate", "faq-2016", claim)):
        assert "nearest: us-2026" in atoz(*command, "--edition", "us-2025").err

"""Files that commands write: nothing stored is lost, whoever else writes, is killed, or fills the disk."""

import json
import multiprocessing
import os
import random
import resource
import signal
import stat
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from atoz.cli.output_files import locked_file, write_output
from atoz.errors import InvalidDocument
from atoz.lifecycle.replay import read_claim
from atoz.model.record import parse_json

INSTANT = "2016-06-21T00:00:00Z"
COMMAND = (sys.executable, "-m", "atoz", "apply")


@pytest.fixture
def stored(claims, tmp_path) -> Path:
    """A copy of a claim file."""
    file = tmp_path / "claim.json"
    file.write_bytes((claims / "not-received.json").read_bytes())
    return file


def notes(file: Path) -> list[str]:
    """The notes of a claim's events, in order; the file must be a whole claim."""
    claim = read_claim(parse_json(file.read_text(encoding="utf-8")))
    return [event.note for event in claim.history if event.note]


def message(file: Path, note: str) -> tuple[str, ...]:
    """The arguments that add one message of the buyer to a claim, at an instant that all share."""
    return (str(file), "buyer_messaged", "--at", INSTANT, "--set", f"note={note}", "--in-place")


def apply_many(file: Path, writer: int, events: int) -> None:
    """One process that adds events of its own; it says nothing unless one is refused."""
    from atoz.__main__ import main

    for number in range(events):
        sys.argv = ["atoz", "apply", *message(file, f"{writer}-{number}")]
        assert main() == 0


@pytest.mark.slow
def test_six_commands_at_once_lose_nothing(stored):
    """6 shells run the command 5 times each, at the same instant: all 30 events are in the file."""
    shells = [
        subprocess.Popen(
            " && ".join(
                f"{' '.join(COMMAND)} {stored} buyer_messaged --at {INSTANT} --set note={shell}-{number} --in-place"
                for number in range(5)
            ),
            shell=True,
            stderr=subprocess.PIPE,
        )
        for shell in range(6)
    ]
    errors = [shell.communicate()[1] for shell in shells]

    assert [shell.returncode for shell in shells] == [0] * 6, errors
    assert sorted(notes(stored)) == sorted(f"{shell}-{number}" for shell in range(6) for number in range(5))


@pytest.mark.slow
def test_twenty_processes_lose_nothing(stored):
    """20 processes add 20 events each, at the same instant: all 400 are in the file, each process's own in order."""
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=apply_many, args=(stored, writer, 20)) for writer in range(20)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert [writer.exitcode for writer in writers] == [0] * 20
    written = notes(stored)
    assert len(written) == len(set(written)) == 400
    for writer in range(20):
        own = [note for note in written if note.startswith(f"{writer}-")]
        assert own == [f"{writer}-{number}" for number in range(20)]


ENDLESS = """
import itertools, sys
from atoz.__main__ import main
file, writer, journal = sys.argv[1:]
for number in itertools.count():
    note = f"{writer}-{number}"
    sys.argv = ["atoz", "apply", file, "buyer_messaged", "--at", "2016-06-21T00:00:00Z", "--set", f"note={note}",
                "--in-place"]
    if main() == 0:
        with open(journal, "a") as done:
            done.write(note + "\\n")
"""


@pytest.mark.slow
def test_killed_at_random_every_event_that_was_confirmed_is_there(stored, tmp_path):
    """Writers die by SIGKILL at random moments; what they had confirmed is in the file, and leftovers are swept."""
    chance = random.Random(7)  # noqa: S311  (moments to kill at, no secret)
    journals = [tmp_path / f"{writer}.journal" for writer in range(6)]
    for writer, journal in enumerate(journals):
        process = subprocess.Popen([sys.executable, "-c", ENDLESS, str(stored), str(writer), str(journal)])
        while not journal.exists():
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.3))
        process.send_signal(signal.SIGKILL)
        process.wait()
    confirmed = [note for journal in journals for note in journal.read_text().splitlines()]

    assert set(confirmed) <= set(notes(stored))
    (tmp_path / ".claim.json.0123.new").write_text("half a cl")
    subprocess.run([*COMMAND, *message(stored, "last")], check=True, capture_output=True)
    assert notes(stored)[-1] == "last"
    assert not list(tmp_path.glob(".claim.json.*.new"))


@pytest.mark.usefixtures("unmeasured")
def test_a_full_disk_keeps_the_old_file(stored, tmp_path):
    """A file may not grow beyond 1000 bytes here: one error, exit code 2, the old claim whole, nothing left over."""
    before = stored.read_bytes()
    done = subprocess.run(
        [*COMMAND, *message(stored, "x" * 2000)],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)),
    )

    assert done.returncode == 2
    assert done.stderr == f"{stored}: File too large [invalid_document]\n"
    assert stored.read_bytes() == before
    assert not list(tmp_path.glob(".claim.json.*.new"))


def test_a_disk_that_fails_at_the_last_moment_keeps_the_old_file(stored, monkeypatch):
    """Also when the disk reports its error only once the bytes are forced out."""
    before = stored.read_bytes()

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InvalidDocument, match="No space left"), locked_file(stored) as file:
        file.replace("{}")
    assert stored.read_bytes() == before


def test_a_change_by_a_program_without_the_lock_is_refused(stored):
    """An editor that saves between reading and writing wins; the command says so and writes nothing."""
    with locked_file(stored) as file:
        stored.write_text("edited by hand")
        with pytest.raises(InvalidDocument, match="another program changed the file"):
            file.replace("{}")
    assert stored.read_text() == "edited by hand"


def test_a_link_that_is_turned_elsewhere_is_a_change(stored, tmp_path):
    """The lock is held beside the file that the link named; another one is not overwritten."""
    other, link = tmp_path / "other.json", tmp_path / "link.json"
    other.write_text("other")
    link.symlink_to(stored)
    with locked_file(link) as file:
        link.unlink()
        link.symlink_to(other)
        with pytest.raises(InvalidDocument, match="changed"):
            file.replace("{}")
    assert other.read_text() == "other"


def test_a_busy_file_is_said(stored, monkeypatch):
    """Whoever waits too long is told why; the message names what to do."""
    from filelock import FileLock

    from atoz.cli import output_files

    monkeypatch.setattr(output_files, "WAIT", 0.1)
    holder = FileLock(stored.parent / ".claim.json.lock", is_singleton=False)
    with holder, pytest.raises(InvalidDocument, match="another process has held it"), locked_file(stored):
        pass


def test_symlink_and_owner_and_mode_stay(atoz, stored, tmp_path):
    """A link stays a link, and what it names keeps its mode and owner."""
    link = tmp_path / "link.json"
    link.symlink_to(stored)
    stored.chmod(0o664)
    if os.getuid() == 0:
        os.chown(stored, 1234, 1234)
    owner = stored.stat().st_uid, stored.stat().st_gid

    assert atoz("apply", *message(link, "seen")).code == 0
    assert link.is_symlink()
    assert notes(stored) == ["seen"]
    assert stat.S_IMODE(stored.stat().st_mode) == 0o664
    assert (stored.stat().st_uid, stored.stat().st_gid) == owner


def test_a_read_only_file_is_refused(atoz, stored):
    """A file without any write permission is not replaced, also not for root."""
    before = stored.read_bytes()
    stored.chmod(0o444)
    done = atoz("apply", *message(stored, "x"))

    assert (done.code, stored.read_bytes()) == (2, before)
    assert "read-only" in done.err


def test_a_hard_link_is_said(atoz, stored, tmp_path):
    """The other name keeps the old content, and the command says so."""
    (tmp_path / "other.json").hardlink_to(stored)
    done = atoz("apply", *message(stored, "x"))

    assert done.code == 0
    assert "hard links; the other 1 still hold the old content" in done.err
    assert notes(tmp_path / "other.json") == []


@pytest.mark.parametrize("place", ["folder", "pipe", "/dev/null", "/dev/full"])
def test_only_ordinary_files_are_replaced(atoz, stored, tmp_path, place):
    """A device or a folder is never replaced by a file."""
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    target = Path(place) if place.startswith("/") else tmp_path / place
    done = atoz("apply", stored, "denied", "--at", INSTANT, "-o", target, "--replace")

    assert done.code == 2
    assert "not a regular file" in done.err
    assert not target.is_file()


def test_modes_of_new_files(atoz, stored, tmp_path):
    """A claim is for its owner alone; a report is as open as the umask lets it."""
    old = os.umask(0o022)
    try:
        atoz("apply", stored, "denied", "--at", INSTANT, "-o", tmp_path / "new.json")
        atoz("report", stored, "--as-of", INSTANT, "-o", tmp_path / "page.html")
    finally:
        os.umask(old)

    assert stat.S_IMODE((tmp_path / "new.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "page.html").stat().st_mode) == 0o644
    assert not list(tmp_path.glob(".page.html.*"))
    assert not list(tmp_path.glob(".new.json.*"))


def test_replace_is_one_word_everywhere(atoz, stored, tmp_path):
    """Every command that writes with -o refuses what exists, says how to replace it, and does so when told."""
    order = tmp_path / "order.json"
    order.write_text(json.dumps(json.loads(stored.read_text())["order"]))
    commands = {
        "page.html": ("report", stored, "--as-of", INSTANT),
        "dates.ics": ("report", stored, "--as-of", INSTANT, "--ics"),
        "packet.md": ("packet", stored, "--as-of", INSTANT),
        "claim.new.json": ("apply", stored, "denied", "--at", INSTANT),
        "opened.json": ("open", order, "--reason", "not_received", "--filed-at", INSTANT),
    }
    for name, command in commands.items():
        target = tmp_path / name
        target.write_text("old")
        refused = atoz(*command, "-o", target)
        assert (refused.code, target.read_text()) == (2, "old")
        assert "the file exists; name another one, or use --replace" in refused.err
        assert atoz(*command, "-o", target, "--replace").code == 0
        assert len(target.read_text()) > 100
        assert atoz(*command, "--replace").code == 2


def test_a_dangling_link_is_not_written_through_unless_replaced(tmp_path):
    """-o through a link to nothing would make a file elsewhere."""
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InvalidDocument, match="exists"):
        write_output("x", link, replace=False, private=False)
    write_output("x", link, replace=True, private=False)
    assert (tmp_path / "elsewhere").read_text() == "x"


def test_a_missing_folder_and_a_missing_file_are_said(atoz, tmp_path):
    """Each is one error that names the file as it was typed."""
    with pytest.raises(InvalidDocument, match="No such file"):
        write_output("x", tmp_path / "nowhere" / "file", replace=False, private=False)
    done = atoz("apply", *message(tmp_path / "nothing.json", "x"))
    assert (done.code, "No such file" in done.err) == (2, True)


@pytest.mark.parametrize("command", [("report",), ("report", "--ics"), ("packet", "--form", "html")])
def test_pages_are_not_poured_into_a_terminal(stored, command):
    """On a terminal the page is refused with what to do; the terminal here is a pseudo terminal."""
    import pty

    master, terminal = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "atoz", command[0], str(stored), *command[1:], "--as-of", INSTANT],
        stdout=terminal,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(terminal)
    os.close(master)

    assert done.returncode == 2
    assert b"write it to a file with -o FILE" in done.stderr


def test_now_is_read_under_the_lock(stored):
    """Two writers with --at now never refuse each other as out of order."""
    writers = [
        subprocess.Popen([*COMMAND, str(stored), "buyer_messaged", "--at", "now", "--in-place"], stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    errors = [writer.communicate()[1] for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * 4, errors
    claim = read_claim(parse_json(stored.read_text()))
    assert [event.at for event in claim.history] == sorted(event.at for event in claim.history)
    assert claim.updated_at <= datetime.now(UTC)

"""Where mails and files come from: folders, Maildirs, mbox files, one file; links and huge files are not read."""

import io
import os
from pathlib import Path

import pytest

from atoz.inbox import mailbox_reading
from atoz.inbox.mailbox_reading import incoming

MAIL = b"From: a@example.com\nSubject: one\n\ntext\n"


def names(source: Path) -> list[str]:
    """The names of what is found, from the source on."""
    return [item.name.removeprefix(f"{source}/") for item in incoming(str(source))]


def test_a_folder_is_read_whole_in_a_fixed_order(tmp_path: Path):
    """Sub-folders too; hidden files and links are passed over."""
    (tmp_path / "sub").mkdir()
    for name in ("b.eml", "a.eml", ".hidden", "sub/c.eml"):
        (tmp_path / name).write_bytes(MAIL)
    (tmp_path / "link.eml").symlink_to(tmp_path / "a.eml")
    (tmp_path / "loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    assert names(tmp_path) == ["a.eml", "b.eml", "sub/c.eml"]


def test_a_maildir_is_read_without_what_is_being_delivered(tmp_path: Path):
    """New and current mails; neither moved nor flagged."""
    for part in ("cur", "new", "tmp"):
        (tmp_path / part).mkdir()
        (tmp_path / part / f"1.{part}").write_bytes(MAIL)
    before = sorted(tmp_path.rglob("*"))
    assert names(tmp_path) == ["cur/1.cur", "new/1.new"]
    assert sorted(tmp_path.rglob("*")) == before


def test_an_mbox_is_taken_apart(tmp_path: Path):
    """Each mail of its own, without the separator."""
    box = tmp_path / "mail.mbox"
    box.write_bytes(b"From x Mon Jan  1 00:00:00 2026\n" + MAIL + b"\nFrom x Mon Jan  1 00:00:00 2026\n" + MAIL)
    items = list(incoming(str(box)))
    assert [item.name for item in items] == [f"{box} mail 1", f"{box} mail 2"]
    assert all(item.data is not None and item.data.startswith(b"From: a@example.com") for item in items)


def test_what_is_too_large_is_named_instead_of_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """At the limit it is read, one byte more and it is not."""
    monkeypatch.setattr(mailbox_reading, "MAX_FILE", len(MAIL))
    (tmp_path / "a").write_bytes(MAIL)
    (tmp_path / "b").write_bytes(MAIL + b"x")
    first, second = incoming(str(tmp_path))
    assert (first.data, second.data) == (MAIL, None)
    assert f"more than {len(MAIL):,} bytes" in second.fault.en
    assert f"超过 {len(MAIL):,} 字节" in second.fault.zh


def test_standard_input_is_one_item(monkeypatch: pytest.MonkeyPatch):
    """`-` reads a mail from a pipe."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(MAIL)))
    (item,) = incoming("-")
    assert (item.name, item.data) == ("standard input", MAIL)


def test_a_mailbox_comes_by_a_pipe_too(monkeypatch: pytest.MonkeyPatch):
    """Its mails are taken apart, each is measured by itself, and what is too large for one is not cut short."""
    monkeypatch.setattr(mailbox_reading, "MAX_FILE", len(MAIL))
    line = b"From x Mon Jan  1 00:00:00 2026\n"
    box = line + MAIL + b"\n" + line + MAIL + b"and more\n"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(box)))
    first, second = incoming("-")
    assert (first.name, first.data) == ("standard input mail 1", MAIL)
    assert (second.name, second.data) == ("standard input mail 2", None)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(MAIL + b"x")))
    (whole,) = incoming("-")
    assert (whole.name, whole.data) == ("standard input", None)


def test_a_missing_place_is_an_error():
    """Nothing is read from nowhere."""
    with pytest.raises(FileNotFoundError):
        list(incoming("no-such-folder"))

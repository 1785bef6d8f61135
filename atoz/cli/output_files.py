"""Files that commands write: as a whole or not at all, one writer at a time, with the modes that people expect.

A new text is written beside its target, forced to disk, and only then put in the target's place, so that a crash or a
full disk leaves the old file as it was. A writer holds a lock for as long as it reads, changes and writes; the lock is
a file of its own, because the target itself is replaced.
"""

import os
import secrets
import stat
import sys
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from glob import escape
from pathlib import Path

from atoz.cli.files import decoded
from atoz.cli.output import note, said
from atoz.errors import AtozError, Fault, InvalidDocument, MissingExtra

try:
    from filelock import FileLock, Timeout
except ModuleNotFoundError as missing:
    raise MissingExtra("writing files", "cli") from missing

WAIT = 60
"""Seconds that a writer waits for another one."""
_PRIVATE, _ORDINARY = 0o600, 0o666
_HIDDEN = getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)


class StoredFile:
    """A file that is locked for one writer: its text, and the way to replace it."""

    def __init__(self, path: Path, target: Path) -> None:
        self._path, self._target = path, target
        self._before = target.read_bytes()

    @property
    def text(self) -> str:
        """The text as it was when the lock was taken.

        Raises:
            InvalidDocument: it is not UTF-8.
        """
        return decoded(self._before, str(self._path))

    def replace(self, text: str) -> None:
        """Put a new text in the file's place; mode, owner and symbolic links stay.

        Raises:
            InvalidDocument: a program that takes no lock has changed the file meanwhile, or it cannot be written.
        """
        with _faults(self._path):
            if self._path.resolve() != self._target or self._target.read_bytes() != self._before:
                raise _fault(self._path, "changed", "another program changed the file meanwhile; run the command again")
            links = self._target.stat().st_nlink
            _put(self._target, text, mode=_PRIVATE, replace=True)
        if links > 1:
            note(said("hard_links", file=self._path, links=links - 1))


@contextmanager
def locked_file(path: Path) -> Generator[StoredFile]:
    """A file that nobody else who uses atoz changes until the block ends.

    Raises:
        InvalidDocument: there is no such file, it is read-only or special, or another writer does not finish.
    """
    with ExitStack() as held:
        with _faults(path):
            target = path.resolve(strict=True)
            _check_replaceable(path, target)
            held.enter_context(_locked(target, keep=True))
            stored = StoredFile(path, target)
        yield stored


def write_output(text: str, output: Path | None, *, replace: bool, private: bool) -> None:
    """Write a result to a file, or to standard output if none is named.

    A new file that is `private`, as claims are, can be read by its owner alone; others follow the umask.

    Raises:
        InvalidDocument: the file exists and is not to be replaced, or it cannot be written.
    """
    if output is None:
        if replace:
            raise InvalidDocument("--replace", (Fault("", "no_output", "name the file to replace with -o FILE"),))
        sys.stdout.buffer.write(text.encode())  # the bytes of the file, whatever the screen would make of them
        sys.stdout.flush()
        return
    with _faults(output):
        output.parent.resolve(strict=True)  # the library that locks would make missing folders
        exists = output.exists() or output.is_symlink()
        if exists and not replace:
            raise FileExistsError
        target = output.resolve() if exists else output
        if exists and target.exists():
            _check_replaceable(output, target)
        with _locked(target, keep=False):
            _put(target, text, mode=_PRIVATE if private else _ORDINARY, replace=replace)


def _put(target: Path, text: str, *, mode: int, replace: bool) -> None:
    """Write a text beside its target and then put it in its place; the lock is held."""
    for leftover in target.parent.glob(f".{escape(target.name)}.*.new"):  # of a writer that was killed
        leftover.unlink(missing_ok=True)
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}.new")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _HIDDEN, mode), "wb") as new:
            new.write(text.encode())
            new.flush()
            os.fsync(new.fileno())
        if replace:
            if target.exists():
                _keep_owner_and_mode(target, beside)
            beside.replace(target)
        else:
            target.hardlink_to(beside)  # fails where something stands already, however late it came
    finally:
        beside.unlink(missing_ok=True)
    if os.name == "posix":
        with suppress(OSError):  # some file systems cannot: the content is safe, its name may be lost in a power cut
            folder = os.open(target.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)


def _keep_owner_and_mode(target: Path, beside: Path) -> None:
    old = target.stat()
    if hasattr(os, "chown") and (old.st_uid, old.st_gid) != (os.getuid(), os.getgid()):
        with suppress(PermissionError):  # only root may give a file away
            os.chown(beside, old.st_uid, old.st_gid)
    beside.chmod(stat.S_IMODE(old.st_mode))


def _check_replaceable(path: Path, target: Path) -> None:
    old = target.stat()
    if not stat.S_ISREG(old.st_mode):
        raise _fault(path, "not_a_file", "it is not a regular file")
    if not old.st_mode & 0o222 or not os.access(target, os.W_OK):
        raise _fault(path, "read_only", "the file is read-only; make it writable first")


@contextmanager
def _locked(target: Path, *, keep: bool) -> Generator[None]:
    """Hold the lock beside a target.

    The lock of a claim stays: removing it would let two writers hold two files of the same name. An output that is
    written as a whole needs the lock only to tell leftovers from files in the making, so it leaves no lock behind.
    """
    place = target.with_name(f".{target.name}.lock")
    keep = keep or place.exists()
    mode = stat.S_IMODE(target.stat().st_mode) | _PRIVATE if target.exists() else _PRIVATE
    try:
        with FileLock(place, timeout=WAIT, mode=mode):
            try:
                yield
            finally:
                if not keep:
                    with suppress(OSError):
                        place.unlink(missing_ok=True)
    except Timeout:
        raise _fault(target, "locked", f"another process has held it for {WAIT} seconds; try again") from None


@contextmanager
def _faults(path: Path) -> Generator[None]:
    """Turn what the system refuses into an error that names the file as the user did."""
    try:
        yield
    except AtozError:
        raise
    except FileExistsError:
        raise _fault(path, "exists", "the file exists; name another one, or use --replace") from None
    except FileNotFoundError as error:
        raise _fault(path, "not_found", error.strerror or "there is no such file") from error
    except OSError as error:
        raise _fault(path, "not_writable", error.strerror or "it cannot be written") from error


def _fault(path: Path, code: str, message: str) -> InvalidDocument:
    return InvalidDocument(str(path), (Fault("", code, message),))

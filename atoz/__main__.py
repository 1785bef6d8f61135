"""`python -m atoz`, and the `atoz` command."""

import atexit
import os
import sys

INTERRUPTED = 130
"""The exit code of a command that was stopped with Ctrl-C, as shells have it."""
_STANDARD_ERROR = 2


def main() -> int:
    """Run the command line; without its extra, say in one line what to install."""
    try:
        return _run()
    except KeyboardInterrupt:  # what was half done is undone by now; threads of libraries would abort in the wind-up
        atexit._run_exitfuncs()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        os._exit(INTERRUPTED)


def _run() -> int:
    _open_missing_streams()
    try:
        from atoz.cli.app import run  # noqa: PLC0415  (the library must import without the extra)
    except ModuleNotFoundError as error:
        if error.name not in {"typer", "rich"}:
            raise
        from atoz.errors import MissingExtra  # noqa: PLC0415

        missing = MissingExtra("the atoz command", "cli")
        sys.stderr.write(f"{missing} [{missing.code}]\n")
        return 2
    return run()


def _open_missing_streams() -> None:
    """Where the caller closed a standard stream, its number must not go to the next file that is opened."""
    while (handle := os.open(os.devnull, os.O_RDWR)) <= _STANDARD_ERROR:
        pass
    os.close(handle)
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115, PTH123  (for the life of the process)


if __name__ == "__main__":
    sys.exit(main())

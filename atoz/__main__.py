"""`python -m atoz`, and the `atoz` command."""

import sys


def main() -> int:
    """Run the command line; without its extra, say in one line what to install."""
    try:
        from atoz.cli.app import run  # noqa: PLC0415  (the library must import without the extra)
    except ModuleNotFoundError as error:
        if error.name not in ("typer", "rich"):
            raise
        from atoz.errors import MissingExtra  # noqa: PLC0415

        missing = MissingExtra("the atoz command", "cli")
        sys.stderr.write(f"{missing} [{missing.code}]\n")
        return 2
    return run()


if __name__ == "__main__":
    sys.exit(main())

"""The command group: every command by name, and what its errors turn into."""

import io
import os
import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Annotated, cast

import typer

import atoz
from atoz.cli.events_help import EVENTS_HELP
from atoz.cli.options import Exit
from atoz.cli.output import asked_language, show_error
from atoz.errors import AtozError, ReplayRefused, TransitionRefused

COMMANDS = {
    "window": "window.show_window",
    "plan": "plan.plan_claims",
    "status": "status.read_status",
    "inbox": "inbox.take_in_mail",
    "open": "open_claim.open_from_order",
    "apply": "apply.apply_event",
    "retract": "retract.retract_event",
    "editions": "editions.editions",
    "message": "message.message",
    "report": "report.report_claims",
    "packet": "packet.print_packet",
    "odr": "odr.show_defect_rate",
    "batch": "batch.run_batch_file",
    "policy": "policy.policy",
    "audit": "audit.audit_claims",
    "backtest": "backtest.backtest_policies",
    "diagram": "diagram.draw_diagram",
    "schema": "schema.print_schema",
    "import": "import_.import_files",
    "reconcile": "reconcile.reconcile_claim",
    "store": "store.store",
    "serve": "serve.serve_claims",
    "mcp": "mcp.serve_assistant",
}
"""Where each command lives in this room: a function, or a group of commands."""


EPILOGS = {"apply": EVENTS_HELP}
"""What the help of a command ends with."""


def command_line(names: Iterable[str] = COMMANDS) -> typer.Typer:
    """The command group with these commands; only their modules are imported, so that each starts quickly."""
    app = typer.Typer(
        name="atoz",
        help="Work with Amazon A-to-z Guarantee claims: their status, the dates that count, what to do next, and why.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(about)
    for name in names:
        module, attribute = COMMANDS[name].split(".")
        command: object = getattr(import_module(f"atoz.cli.{module}"), attribute)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        else:
            app.command(name, epilog=EPILOGS.get(name))(cast("Callable[..., None]", command))
    return app


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"atoz-claims {atoz.__version__}")
        raise typer.Exit


def about(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    """Work with Amazon A-to-z Guarantee claims: their status, the dates that count, what to do next, and why."""


def run() -> int:
    """Run the command line and return its exit code; an error is a message, never a traceback."""
    if not _has_streams():
        return Exit.BAD_INPUT
    first = sys.argv[1:2]
    app = command_line(first if first and first[0] in COMMANDS else COMMANDS)
    try:
        if asked_language() == "zh":
            from atoz.cli.chinese_help import run_in_chinese  # noqa: PLC0415  (English does not wait for it)

            run_in_chinese(app)
        else:
            app(prog_name="atoz", standalone_mode=True)
    except AtozError as error:
        show_error(error)
        return Exit.FINDING if isinstance(error, (ReplayRefused, TransitionRefused)) else Exit.BAD_INPUT
    except OSError as error:
        return _cut_off(error)
    except MemoryError:
        sys.stderr.write("not enough memory for this input; split it into smaller files [no_memory]\n")
        return Exit.BAD_INPUT
    except SystemExit as done:
        return _exit_code(done)
    return Exit.FINE


def _has_streams() -> bool:
    """Whether there is a standard output and error to write to; what a terminal lacks is replaced."""
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123  (for the life of the process)
    if sys.stdout is None:
        sys.stderr.write("standard output is closed; redirect it to a file, or to /dev/null [not_writable]\n")
        return False
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    return True


def _exit_code(done: SystemExit) -> int:
    """The code of a command that has ended; what it still had to print must arrive too.

    Raises:
        KeyboardInterrupt: the library that reads the command line turned one into an exit.
    """
    cause = done.__context__
    while cause is not None:
        if isinstance(cause, KeyboardInterrupt):
            raise cause
        if isinstance(cause, OSError):
            return _cut_off(cause)
        cause = cause.__context__
    try:
        sys.stdout.flush()
    except OSError as error:
        return _cut_off(error)
    return done.code if isinstance(done.code, int) else Exit.FINE


def _cut_off(error: OSError) -> int:
    """Output that could not be written: a reader that has gone is fine, a full disk is not."""
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, sys.stdout.fileno())  # what is left goes nowhere, quietly
    if isinstance(error, BrokenPipeError):
        return Exit.FINE
    sys.stderr.write(f"the output cannot be written: {error.strerror} [not_writable]\n")
    return Exit.BAD_INPUT

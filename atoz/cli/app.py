"""The command group: every command by name, and what its errors turn into."""

import io
import os
import sys
from typing import Annotated

import typer

import atoz
from atoz.cli.apply_command import apply_event
from atoz.cli.batch_command import run_batch_file
from atoz.cli.diagram_command import draw_diagram
from atoz.cli.editions_command import editions
from atoz.cli.exits import Exit
from atoz.cli.import_command import import_files
from atoz.cli.message_command import message
from atoz.cli.plan_command import plan_claims
from atoz.cli.policy_command import policy
from atoz.cli.reconcile_command import reconcile_claim
from atoz.cli.report_command import report_claims
from atoz.cli.schema_command import print_schema
from atoz.cli.screen import show_error
from atoz.cli.status_command import read_status
from atoz.cli.window_command import show_window
from atoz.errors import AtozError, TransitionRefused

app = typer.Typer(
    name="atoz",
    help="Amazon A-to-z Guarantee claims: where one stands, which dates count, what to do next, and why.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("window")(show_window)
app.command("plan")(plan_claims)
app.command("status")(read_status)
app.command("apply")(apply_event)
app.add_typer(editions, name="editions")
app.add_typer(message, name="message")
app.command("report")(report_claims)
app.command("batch")(run_batch_file)
app.add_typer(policy, name="policy")
app.command("diagram")(draw_diagram)
app.command("schema")(print_schema)
app.command("import")(import_files)
app.command("reconcile")(reconcile_claim)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"atoz-claims {atoz.__version__}")
        raise typer.Exit


@app.callback()
def about(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    """Amazon A-to-z Guarantee claims: where one stands, which dates count, what to do next, and why."""


def run() -> int:
    """Run the command line and return its exit code; an error is a message, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a character still gets the rest
    try:
        app(standalone_mode=True)
    except TransitionRefused as refused:
        show_error(refused)
        return Exit.FINDING
    except AtozError as error:
        show_error(error)
        return Exit.BAD_INPUT
    except OSError as error:
        return _cut_off(error)
    except SystemExit as done:
        return _exit_code(done)
    return Exit.FINE


def _exit_code(done: SystemExit) -> int:
    """The code of a command that has ended; what it still had to print must arrive too."""
    if isinstance(done.__context__, OSError):
        return _cut_off(done.__context__)
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
    sys.stderr.write(f"error: not_writable\n{error.strerror}\n")
    return Exit.BAD_INPUT

"""The command group: every command by name, and what its errors turn into."""

import io
import os
import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Annotated, cast

import typer

import atoz
from atoz.cli.exit_codes import Exit
from atoz.cli.output import asked_language
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

SUMMARIES = {
    "window": "Say when the buyer may file a claim, from an order or claim file or from options.",
    "plan": "Say what to do about a claim or an order, and why; for many, print a worklist, most urgent first.",
    "status": "Say which of the seven statuses a text means; an ambiguous text is refused, never guessed.",
    "inbox": "Read emails and report files: apply what is certain, list what you have to decide, show what changed.",
    "open": "Open a claim and write it to standard output, to a new file with -o, or into the store.",
    "apply": "Apply an event to a claim: the new claim goes to standard output, to -o NEW, --in-place, or into the "
    "store.",
    "retract": "Strike out a wrong event: it is kept with the reason and counts for nothing; what follows is replayed.",
    "report": "Write a claim, or a worklist of many, as an HTML page in English and Chinese; --lang sets which comes "
    "first.",
    "packet": "Gather the facts of a claim for an appeal; what is not on record is marked as a gap.",
    "odr": "Show each channel's rate, its threshold, what one more claim would do, and when each order leaves the "
    "window.",
    "batch": "Calculate the filing window, or deadlines, for every row of a file; bad rows go to a separate file.",
    "audit": "Say where a claim's history left the policy, and which deadlines were met or missed; for many, add a "
    "summary.",
    "backtest": "Say what policies would have come to over closed claims: duties met, avoidable misses, refunds, open "
    "appeals.",
    "diagram": "Draw the state machine as Mermaid, Graphviz or a Markdown table.",
    "schema": "Print the JSON Schema (draft 2020-12) of a document.",
    "import": "Convert Amazon's files to JSON Lines, one record a line; what cannot be read is reported.",
    "reconcile": "Compare a claim with imported records and suggest events; only those named by --apply are applied.",
    "serve": "Serve the API and the pages of a folder of claims or of a claim store, until Ctrl-C.",
    "mcp": "Serve the Model Context Protocol on standard input and output, for an assistant that starts this command.",
    "editions": "List the editions of the rules, or show one with its sources.",
    "message": "Messages to buyers and to Amazon: templates and a checker.",
    "policy": "Test an escalation policy before using it.",
    "store": "Manage a claim store.",
}
"""What each command says of itself in one sentence, for the help that lists them all without importing any."""


def command_line(names: Iterable[str] = COMMANDS) -> typer.Typer:
    """The command group with these commands; only their modules are imported, so that each starts quickly."""
    app = _group()
    for name in names:
        module, attribute = COMMANDS[name].split(".")
        command: object = getattr(import_module(f"atoz.cli.{module}"), attribute)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        else:
            app.command(name, epilog=_epilog(name))(cast("Callable[..., None]", command))
    return app


def overview() -> typer.Typer:
    """The command group for its own help alone: every command by name and sentence, none of them imported."""
    app = _group()
    for name, summary in SUMMARIES.items():
        app.command(name, help=summary)(about)
    return app


def _group() -> typer.Typer:
    app = typer.Typer(
        name="atoz",
        help="Work with Amazon A-to-z Guarantee claims: their status, the dates that count, what to do next, and why.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(about)
    return app


def _epilog(name: str) -> str | None:
    """What the help of a command ends with."""
    if name != "apply":
        return None
    from atoz.cli.events_help import EVENTS_HELP  # noqa: PLC0415  (it imports every event; the others do not wait)

    return EVENTS_HELP


def _asked(arguments: list[str]) -> typer.Typer:
    """The commands that these arguments may need; completion asks for all of them without any arguments."""
    if arguments[:1] and arguments[0] in COMMANDS:
        return command_line(arguments[:1])
    only_help = arguments in ([], ["--help"], ["--version"]) and "_ATOZ_COMPLETE" not in os.environ
    return overview() if only_help else command_line()


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
    try:
        app = _asked(sys.argv[1:])
        if asked_language() == "zh":
            from atoz.cli.chinese_help import run_in_chinese  # noqa: PLC0415  (English does not wait for it)

            run_in_chinese(app)
        else:
            app(prog_name="atoz", standalone_mode=True)
    except AtozError as error:
        from atoz.cli.output import show_error  # noqa: PLC0415  (help and JSON do not wait for it)

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

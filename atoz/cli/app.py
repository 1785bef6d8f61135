"""The command group: every command by name, and what its errors turn into."""

import sys

import typer

from atoz.cli.apply_command import apply_event
from atoz.cli.diagram_command import draw_diagram
from atoz.cli.editions_command import editions
from atoz.cli.exits import Exit
from atoz.cli.plan_command import plan_claims
from atoz.cli.policy_command import policy
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
app.add_typer(policy, name="policy")
app.command("diagram")(draw_diagram)
app.command("schema")(print_schema)


def run() -> int:
    """Run the command line and return its exit code; an error is a message, never a traceback."""
    try:
        app(standalone_mode=True)
    except TransitionRefused as refused:
        show_error(refused)
        return Exit.FINDING
    except AtozError as error:
        show_error(error)
        return Exit.BAD_INPUT
    except BrokenPipeError:
        sys.stderr.close()  # the reader has gone; there is nobody to tell
        return Exit.FINE
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else Exit.FINE
    return Exit.FINE

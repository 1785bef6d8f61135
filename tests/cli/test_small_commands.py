"""`atoz status`, `editions`, `diagram`, `schema`, and what all commands share."""

import json
import subprocess
import sys

import pytest
from typer import Context
from typer.core import TyperGroup
from typer.main import get_command

from atoz.cli.app import COMMANDS, SUMMARIES, command_line, overview
from atoz.lifecycle.diagram import diagram
from atoz.rulebook.edition import Edition


def test_status(atoz):
    """A spelling gives the status and its labels."""
    assert json.loads(atoz("status", "Withdrawm", "--json").out)["status"] == "withdrawn"
    assert "索赔已被拒绝" in atoz("status", "Closed/Denied", "--lang", "zh").out


def test_status_never_guesses(atoz):
    """Ambiguous and unknown texts give exit code 2 and the candidates."""
    ambiguous = atoz("status", "Claim granted")
    assert ambiguous.code == 2
    assert "Claim granted, seller funded" in ambiguous.err
    assert "Claim granted, Amazon funded" in ambiguous.err
    assert "nearest: Under review" in atoz("status", "undr review").err


def test_editions(atoz):
    """Every edition is listed; one is shown with every figure, its source and its confidence."""
    listed = atoz("editions").out
    assert all(each.id in listed for each in Edition.all())
    as_json = json.loads(atoz("editions", "--json").out)["editions"]
    assert [edition["id"] for edition in as_json] == [edition.id for edition in Edition.all()]
    shown = atoz("editions", "show", "us-2026").out
    assert all(each.source.title in " ".join(shown.split()) for each in Edition.named("us-2026").parameters)


def test_edition_json_can_be_read_back(atoz):
    """The JSON of an edition is an edition."""
    found = json.loads(atoz("editions", "show", "us-2026", "--json").out)

    assert Edition.model_validate(found) == Edition.named("us-2026")


def test_diagram(atoz, claims):
    """The diagram is the library's own, with the claim's status highlighted."""
    assert atoz("diagram").out == diagram() + "\n"
    assert "class granted_seller_funded current" in atoz("diagram", claims / "silent-seller.json").out
    assert atoz("diagram", "--form", "markdown", "--lang", "zh").out == diagram("markdown", language="zh") + "\n"


@pytest.mark.parametrize("document", ["claim", "order", "event", "plan", "policy", "edition"])
def test_schema(atoz, document):
    """Every document has a JSON Schema."""
    assert json.loads(atoz("schema", document).out)["type" if document != "event" else "oneOf"]


def test_help_of_every_command(atoz):
    """Every command has help that says what it does in a sentence."""
    assert len(COMMANDS) > 10
    for command in COMMANDS:
        done = atoz(command, "--help")
        assert done.code == 0
        assert "Usage" in done.out


def test_the_help_of_all_commands_is_what_they_say_themselves(atoz):
    """The list of commands is printed without importing any, word for word as if all had been imported."""
    imported = get_command(command_line())
    assert isinstance(imported, TyperGroup)

    listed = get_command(overview())

    assert listed.get_help(Context(listed, info_name="atoz")) == imported.get_help(Context(imported, info_name="atoz"))
    assert SUMMARIES.keys() == COMMANDS.keys()
    assert {name: command.help.partition("\n")[0] for name, command in imported.commands.items()} == SUMMARIES


@pytest.mark.parametrize("arguments", [[], ["--help"], ["--version"]])
def test_the_help_of_all_commands_imports_none(arguments: list[str]) -> None:
    """Neither the commands nor pydantic are imported to list them."""
    run = (
        "import atexit, sys; from atoz.__main__ import main;"
        "atexit.register(lambda: print(sorted({'pydantic', 'atoz.cli.plan', 'rich.table'} & sys.modules.keys())));"
        f"sys.argv = ['atoz', *{arguments}]; sys.exit(main())"
    )
    done = subprocess.run([sys.executable, "-c", run], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("command", ["plan", "window"])
def test_json_waits_for_no_tables(command: str, claims) -> None:
    """What only text for people needs is not imported for JSON."""
    run = (
        "import atexit, sys; from atoz.__main__ import main;"
        "atexit.register(lambda: sys.stderr.write(str([name for name in sys.modules if name == 'rich.table'])));"
        f"sys.argv = ['atoz', {command!r}, {str(claims / 'silent-seller.json')!r}, '--json']; sys.exit(main())"
    )
    done = subprocess.run([sys.executable, "-c", run], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["schema_version"] == 1
    assert done.stderr.endswith("[]")


def test_bad_usage_is_two(atoz):
    """An unknown command or option gives exit code 2."""
    assert atoz("nonsense").code == 2
    assert atoz("plan").code == 2
    assert atoz("status", "closed", "--nonsense").code == 2


def test_without_the_extra_one_line_says_what_to_install():
    """Where typer is not installed, the command says which extra to install and gives 2."""
    code = (
        "import sys; sys.modules['typer'] = None; sys.argv = ['atoz'];from atoz.__main__ import main; sys.exit(main())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert done.stderr == (
        "the atoz command needs the extra 'cli', which is not installed; in a clone of atoz, run: "
        "pip install '.[cli]' (the package is not on an index yet) [missing_extra]\n"
    )


def test_a_reader_that_leaves_is_no_error(claims):
    """A closed pipe ends the command quietly."""
    done = subprocess.run(
        f"{sys.executable} -m atoz editions show us-2026 --json | head -c 1",
        shell=True,
        capture_output=True,
        check=False,
    )

    assert done.stderr == b""


def test_version(atoz):
    """`--version` is the version of the package."""
    import atoz as package

    assert atoz("--version").out == f"atoz-claims {package.__version__}\n"


def test_a_full_disk_is_said_plainly(claims):
    """Output that cannot be written gives one line and exit code 2."""
    done = subprocess.run(
        f"{sys.executable} -m atoz editions show us-2026 --json > /dev/full",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert done.stderr == "the output cannot be written: No space left on device [not_writable]\n"

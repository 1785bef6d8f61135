"""What a policy's own repository uses: the hooks by real pre-commit, the GitHub Action's steps by bash."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

yaml = pytest.importorskip("yaml")

ROOT = Path(__file__).parent.parent
ACTION = ROOT / ".github" / "actions" / "check-policies"
EXAMPLES = ROOT / "examples"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not ACTION.is_dir(), reason="/shared/.github is not there: these tests need the repository"),
]


GIT, BASH = shutil.which("git") or "git", shutil.which("bash") or "bash"


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A folder for what is installed, so that each environment is made once."""
    return tmp_path_factory.mktemp("kept")


@pytest.fixture
def scratch(tmp_path):
    """A repository of somebody's policies: a sound one, one that can miss a deadline, and a situation file."""
    for folder in ("policies", "situations"):
        shutil.copytree(EXAMPLES / folder, tmp_path / folder)
    for command in (["init", "-q"], ["add", "."]):
        subprocess.run([GIT, *command], cwd=tmp_path, check=True)
    return tmp_path


@pytest.mark.parametrize(
    ("hook", "file", "passes"),
    [
        ("atoz-policy-check", "policies/answer-fast.toml", True),
        ("atoz-policy-check", "policies/first-draft.toml", False),
        ("atoz-situations", "situations/own.toml", True),
    ],
)
def test_a_hook_judges_the_files_that_changed(scratch, kept, hook, file, passes):
    """Installed and run by pre-commit itself, as in the repository that uses it."""
    pytest.importorskip("pre_commit")
    environment = {**os.environ, "PRE_COMMIT_HOME": str(kept / "pre-commit"), "PYTHONPATH": ""}
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "try-repo", str(ROOT), hook, "--files", file, "--verbose"],
        cwd=scratch,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode == 0) is passes, done.stdout + done.stderr
    assert ("Passed" in done.stdout) is passes, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("policies", "situations", "fails_at"),
    [
        ("policies/answer-fast.toml", "situations/own.toml", None),
        ("policies/*.toml", "", "Check the policies"),
        ("", "situations/wrong.toml", "Run the situations"),
    ],
)
def test_the_action_runs_step_by_step(scratch, kept, policies, situations, fails_at):
    """Each `run:` of the action's own file, by bash, with the variables that a runner sets."""
    own = (scratch / "situations" / "own.toml").read_text(encoding="utf-8")
    (scratch / "situations" / "wrong.toml").write_text(own.replace('["answer"]', '["wait"]'), encoding="utf-8")
    action = yaml.safe_load((ACTION / "action.yml").read_text(encoding="utf-8"))
    inputs = {name: row["default"] for name, row in action["inputs"].items()}
    inputs |= {"policies": policies, "situations": situations, "depth": "2"}
    runner = {"RUNNER_TEMP": str(kept / "runner"), "GITHUB_ACTION_PATH": str(ACTION)}
    failed = None
    for step in action["runs"]["steps"]:
        asked = {
            name: inputs[value.removeprefix("${{ inputs.").removesuffix(" }}")]
            for name, value in step.get("env", {}).items()
        }
        done = subprocess.run(
            [BASH, "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=scratch,
            env={**os.environ, "PYTHONPATH": "", **runner, **asked},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            failed = step["name"]
            break
    assert failed == fails_at, done.stdout + done.stderr

"""Write the page of numbers: `python tests/benchmarks/numbers.py` on a quiet machine runs every benchmark and says all.

The figures of tables are taken at ten million rows, or at `ATOZ_ROWS`. Each figure stands beside its limit, and each
that was missed beside the reason, which `MISSED` keeps.
"""

import ast
import json
import math
import os
import platform
import re
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "reference" / "numbers.md"
LIBRARIES = ("pydantic", "transitions", "polars", "duckdb", "pyarrow", "pandas", "dask", "ibis-framework", "pyspark")
GROUPS = {
    "test_core": "The core",
    "test_frames": "Tables",
    "test_sources": "Readers of files and payloads",
    "test_store": "The store and the inbox",
    "test_serve": "The server",
    "test_messages": "The message checker",
    "test_report": "Reports",
    "test_explore": "The explorer",
}
"""The title of each file's figures; a file that is not named here stands under its own name."""
MISSED = {
    r"(arrow|polars|duckdb|pandas): share of the same by hand": "atoz also names the edition and what each row lacks, "
    "two columns of text that the form by hand does not make; and what is unknown is told apart from what is not.",
    r"(arrow|polars|duckdb): in force, over one edition, from .*": "every set of figures that can apply is counted for "
    "every row, then one is picked; there are five sets for the reason measured.",
    r"polars: against numpy .*|polars: against blocked .*": "numpy writes the verdict as a code, Polars as text.",
}
"""Why a limit is missed, by the name of the figure."""


class Figure(NamedTuple):
    """One figure of a run: the file that measured, what, what came out, what was aimed at."""

    file: str
    what: str
    found: str
    target: str


def patterns(file: Path) -> list[str]:
    """Every name of a figure that a benchmark's source notes, as a regular expression."""
    calls = [
        node
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "finding"
    ]
    return [_pattern(call.args[0]) for call in calls]


def _pattern(name: ast.expr) -> str:
    parts = name.values if isinstance(name, ast.JoinedStr) else [name]
    return "".join(re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+" for part in parts)


def is_met(figure: Figure) -> bool | None:
    """Whether a figure keeps to its limit; none where there is no limit."""
    limit = re.match(r"(<=|>=) ", figure.target)
    if limit is None:
        return None
    found, aimed = _number(figure.found), _number(figure.target[limit.end() :])
    return found <= aimed if limit[1] == "<=" else found >= aimed


def _number(text: str) -> float:
    """The first number of a text; `1/10` is a tenth. A text without one keeps to no limit."""
    match = re.match(r"\s*(1/)?([\d,]*\.?\d+)", text)
    if match is None:
        return math.nan
    number = float(match[2].replace(",", ""))
    return 1 / number if match[1] else number


def reason_of(figure: Figure) -> str | None:
    """Why a limit is missed; none if nobody has said so."""
    return next((why for pattern, why in MISSED.items() if re.fullmatch(pattern, figure.what)), None)


def page(figures: list[Figure], about: list[str]) -> str:
    """The page of some figures."""
    lines = [
        "# Numbers",
        "",
        "Measured by `python tests/benchmarks/numbers.py`, which writes this page. Ratios come from one run, each",
        "pair in turn, as medians; a limit is what atoz aims at, and what was missed is said below, with the reason.",
        "",
        *(f"- {line}" for line in about),
        "",
    ]
    for file in [*GROUPS, *sorted({figure.file for figure in figures} - set(GROUPS))]:
        rows = [figure for figure in figures if figure.file == file]
        if not rows:
            continue
        lines += [f"## {GROUPS.get(file, file)}", "", "| what | measured | limit | |", "|---|---|---|---|"]
        verdicts = {None: "", True: "met", False: "**missed**"}
        lines += [f"| {row.what} | {row.found} | {row.target} | {verdicts[is_met(row)]} |" for row in rows]
        lines.append("")
    missed = [figure for figure in figures if is_met(figure) is False]
    lines += ["## What was missed, and why", ""]
    lines += [f"- {row.what}: {reason_of(row) or 'nobody has written down why.'}" for row in missed] or ["Nothing."]
    return "\n".join([*lines, ""])


def about_this_run(seconds: float, load: float) -> list[str]:
    """The machine, the versions and the day."""
    cores = os.cpu_count() or 1
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    rows = int(float(os.environ.get("ATOZ_ROWS", "1e7")))
    return [
        f"{datetime.now(UTC):%Y-%m-%d}, in {seconds / 60:.0f} minutes; load before the run: {load:.1f}",
        f"{cores} cores ({_processor()}), {memory:.0f} GiB, {platform.system()} {platform.machine()}",
        f"Python {platform.python_version()}, " + ", ".join(f"{name} {version(name)}" for name in LIBRARIES),
        f"tables of {rows:,} rows",
    ]


def _processor() -> str:
    names = Path("/proc/cpuinfo")
    text = names.read_text(encoding="utf-8") if names.exists() else ""
    match = re.search(r"model name\s*:\s*(.+)", text)
    return match[1].strip() if match else platform.processor() or "unknown"


def measure() -> tuple[list[Figure], float]:
    """Every benchmark, run and timed; and how long that took.

    Raises:
        CalledProcessError: one fails.
    """
    begun = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "figures.json"
        command = [
            sys.executable,
            "-m",
            "pytest",
            "tests/benchmarks",
            "--benchmark-enable",
            "-q",
            "-m",
            "slow or not slow",
        ]
        environment = {"ATOZ_ROWS": "1e7", **os.environ, "ATOZ_FIGURES": str(file)}
        subprocess.run([*command, "-p", "no:cacheprovider"], check=True, cwd=ROOT, env=environment)
        figures = [Figure(*row) for row in json.loads(file.read_text(encoding="utf-8"))]
    return figures, (datetime.now(UTC) - begun).total_seconds()


def main() -> int:
    """Measure and write the page; 1 if a limit was missed for a reason that nobody has written down."""
    load = os.getloadavg()[0]
    figures, seconds = measure()
    PAGE.write_text(page(figures, about_this_run(seconds, load)), encoding="utf-8")
    unsaid = [figure.what for figure in figures if is_met(figure) is False and reason_of(figure) is None]
    for what in unsaid:
        sys.stderr.write(f"missed, and MISSED does not say why: {what}\n")
    return 1 if unsaid else 0


if __name__ == "__main__":
    sys.exit(main())

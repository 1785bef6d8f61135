"""The pytest plugin: situation files collected as tests, and the scenarios as fixtures.

It is loaded with every pytest run where atoz is installed, so it imports nothing of atoz until it is used, and
collects only the files that `atoz_situations` names.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atoz.testing.scenario_catalog import Scenario
    from atoz.testing.situations import Situation

_MARK = "atoz_scenarios"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Which files hold situations."""
    parser.addini(
        "atoz_situations",
        "Files of atoz situations, as path patterns.",
        type="args",
        default=["situations/*.toml", "*.situations.toml"],
    )


def pytest_configure(config: pytest.Config) -> None:
    """Name the marker, so that strict markers accept it."""
    config.addinivalue_line("markers", f"{_MARK}(*names): the scenarios that atoz_scenario goes through")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A file of situations, if its path fits and it has any."""
    if file_path.suffix != ".toml":
        return None
    patterns: list[str] = parent.config.getini("atoz_situations")
    if not any(file_path.match(pattern) for pattern in patterns):
        return None
    if b"[[situation]]" not in file_path.read_bytes():
        return None
    return SituationFile.from_parent(parent, path=file_path)  # pyright: ignore[reportUnknownMemberType]


class SituationFile(pytest.File):
    """A file of situations."""

    def collect(self) -> Iterator[SituationItem]:
        """One test for each situation; equal sentences are told apart by their number."""
        from atoz.errors import AtozError  # noqa: PLC0415
        from atoz.testing.situations import read_situations  # noqa: PLC0415

        try:
            situations = read_situations(self.path.read_text(encoding="utf-8"), what=self.path.name)
        except (AtozError, UnicodeDecodeError) as error:
            raise self.CollectError(str(error)) from error
        said: set[str] = set()
        for number, situation in enumerate(situations, start=1):
            name = situation.says if situation.says not in said else f"{situation.says} ({number})"
            said.add(name)
            yield SituationItem.from_parent(  # pyright: ignore[reportUnknownMemberType]
                self, name=name, situation=situation
            )


class SituationItem(pytest.Item):
    """One situation as a test."""

    def __init__(self, *, situation: Situation, **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]
        self.situation = situation

    def runtest(self) -> None:
        """Set the situation up and compare."""
        from atoz.testing.situations import check_situation  # noqa: PLC0415

        wrong = check_situation(self.situation, folder=self.path.parent)
        if wrong:
            raise _OtherThanExpected("\n".join(wrong))

    def repr_failure(
        self,
        excinfo: pytest.ExceptionInfo[BaseException],
        style: object = None,  # noqa: ARG002  (pytest's signature)
    ) -> str:
        """What is otherwise than expected; atoz's own errors without a traceback."""
        from atoz.errors import AtozError  # noqa: PLC0415

        if isinstance(excinfo.value, (_OtherThanExpected, AtozError)):
            return f"{self.name}\n{excinfo.value}"
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where the situation stands."""
        return self.path, None, self.name


class _OtherThanExpected(Exception):
    """A situation is not as expected."""


@pytest.fixture
def atoz_scenarios() -> dict[str, Scenario]:
    """Every named scenario, by its name."""
    from atoz.testing.scenario_catalog import scenarios  # noqa: PLC0415

    return scenarios()


@pytest.fixture
def atoz_scenario(request: pytest.FixtureRequest) -> Scenario:
    """One scenario after the other; `@pytest.mark.atoz_scenarios("name", ...)` picks some."""
    from atoz.testing.scenario_catalog import scenario  # noqa: PLC0415

    return scenario(request.param)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for `atoz_scenario` runs once for each."""
    if "atoz_scenario" not in metafunc.fixturenames:
        return
    from atoz.testing.scenario_catalog import scenarios  # noqa: PLC0415

    marker = metafunc.definition.get_closest_marker(_MARK)
    names = marker.args if marker and marker.args else tuple(scenarios())
    metafunc.parametrize("atoz_scenario", names, indirect=True)

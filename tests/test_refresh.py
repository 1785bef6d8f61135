"""The one command that writes what is made from the code runs every writer that there is."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_every_writer_is_run() -> None:
    """Each script of the tests and the docs that can be run to write something is on the list, and nothing else."""
    spec = spec_from_file_location("refresh", ROOT / "tests" / "refresh.py")
    assert spec
    assert spec.loader
    refresh = module_from_spec(spec)
    spec.loader.exec_module(refresh)
    scripts = {
        str(file.relative_to(ROOT))
        for folder in ("tests", "docs")
        for file in (ROOT / folder).rglob("*.py")
        if 'if __name__ == "__main__":' in (text := file.read_text(encoding="utf-8")) and "write_text(" in text
    }
    assert set(refresh.WRITERS) == scripts - {
        "tests/benchmarks/numbers.py",
        "tests/mutation/mutate.py",
        "tests/store/reader.py",
        "tests/test_refresh.py",
    }
    for pattern in refresh.WRITTEN:
        assert list(ROOT.glob(pattern)), pattern

"""A process that lists a whole store, and prints the number of claims and how much more memory that took at most."""

import sys
from collections.abc import Iterator
from pathlib import Path

from atoz.store import ClaimStore, export_csv, export_json_lines

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def memory(name: str) -> int:
    """A figure of this process in KiB: `VmRSS` is what it has now, `VmHWM` the most that it has had."""
    (line,) = (line for line in STATUS.read_text().splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1])


def main() -> None:
    """`reader.py URL find|json|csv`."""
    url, way = sys.argv[1:]
    with ClaimStore.open(url, create=False) as store:
        store.get("123-1234567-0000000")  # so that every library is loaded
        CLEAR.write_text("5")  # the peak begins anew, so that what started this process plays no part
        start = memory("VmRSS")
        print(sum(1 for _ in _items(store, way)), memory("VmHWM") - start)  # noqa: T201


def _items(store: ClaimStore, way: str) -> Iterator[object]:
    if way == "find":
        return store.find()
    return export_json_lines(store) if way == "json" else export_csv(store)


if __name__ == "__main__":
    main()

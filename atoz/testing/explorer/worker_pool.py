"""Searches side by side: each in a process of its own, with Ctrl-C left to the parent."""

import pickle
import signal
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import active_children, get_context
from typing import TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")


def can_be_shared(*values: object) -> bool:
    """Whether several workers can be given these.

    >>> can_be_shared(len), can_be_shared(lambda _: None)
    (True, False)
    """
    try:
        pickle.dumps(values)
    except (pickle.PicklingError, AttributeError, TypeError):
        return False
    return True


def in_workers(play: Callable[[Task], Result], tasks: Sequence[Task], workers: int) -> Iterator[Result]:
    """What `play` gives for each task, in their order; in this process if there is one worker or one task."""
    if workers == 1 or len(tasks) <= 1:
        yield from map(play, tasks)
        return
    others = set(active_children())
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_leave_interrupts_to_the_parent)
    try:
        with _interrupts_held():
            searched = pool.map(play, tasks)
        yield from searched
    except BaseException:  # Ctrl-C included: nobody waits for searches whose result nobody reads
        for child in set(active_children()) - others:
            child.terminate()
        pool.shutdown(cancel_futures=True)
        raise
    pool.shutdown()


@contextmanager
def _interrupts_held() -> Generator[None]:
    """Ctrl-C waits while the workers start, who inherit that: no traceback from a worker that is not up yet."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _leave_interrupts_to_the_parent() -> None:
    """Ctrl-C reaches every process of a terminal; the parent alone ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

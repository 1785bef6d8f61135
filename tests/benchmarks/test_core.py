"""The core against bare `transitions` and against its own targets, measured in one run.

With `--benchmark-disable` (the default) each runs once, as a test that the compared things do the same.
"""

import cProfile
import gc
import itertools
import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from transitions import EventData, Machine

import atoz
from atoz import Claim, Order, apply, events, filing_window, open_claim, plan
from atoz.lifecycle.guards import check
from atoz.lifecycle.replay import read_claim
from atoz.lifecycle.transition_table import TABLE, Row
from atoz.model.events import AnyEvent
from atoz.model.record import parse_json
from atoz.model.status import ClaimStatus
from atoz.planner.plan import Plan
from atoz.rulebook.counted_history import CountedHistory

from .measuring import run_process

START = datetime(2016, 6, 1, 15, tzinfo=UTC)
ORDER = Order(order_id="123-1234567-1234567", marketplace="US", placed_at=START, deliver_by=date(2016, 6, 10))
FILED = START + timedelta(days=15)
STATES = [status.value for status in ClaimStatus]
ROWS = [[row.event, row.source.value, row.target.value] for row in TABLE if row.source]


def story(day: datetime) -> tuple[AnyEvent, ...]:
    """Five events that every lifecycle here can take: two grants, two appeals and a denial."""
    return (
        events.GrantedSellerFunded(at=day + timedelta(days=1)),
        events.SellerAppealed(at=day + timedelta(days=2)),
        events.GrantedSellerFunded(at=day + timedelta(days=3)),
        events.SellerAppealed(at=day + timedelta(days=4)),
        events.Denied(at=day + timedelta(days=5)),
    )


class Bare:
    """What people write today: a model that a machine decorates, with the same facts and a history."""

    def __init__(self, order: Order) -> None:
        self.order, self.history = order, []


class SameWork:
    """A model on which a machine does what `apply` does: the same guards on every event, and a history that grows."""

    def __init__(self, claim: Claim) -> None:
        self.claim, self.history, self.state = claim, claim.history, claim.status.value

    def guard(self, row: Row) -> Callable[[EventData], bool]:
        """The condition of a transition: the row's own guard, asked of the claim as it stands."""

        def holds(data: EventData) -> bool:
            if row.guard is None:
                return True
            moved = self.claim.model_copy(update={"history": self.history, "status": ClaimStatus(self.state)})
            event = data.kwargs["event"]
            return check(row.guard, CountedHistory.of(moved), event.at, event) is None

        return holds


def usual(work: Callable[[], object], repeat: int) -> float:
    """The median of several runs, in seconds, so that a first one that fills caches decides nothing."""
    times = []
    for _ in range(repeat):
        gc.collect()
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def ratio_of(work: Callable[[], object], yardstick: Callable[[], object], many: int, rounds: int) -> float:
    """How many times as long some work takes as a yardstick: both in turn, the median of several pairs."""
    pairs = [
        (usual(lambda: [work() for _ in range(many)], 1), usual(lambda: [yardstick() for _ in range(many)], 1))
        for _ in range(rounds)
    ]
    return statistics.median(mine / other for mine, other in pairs)


@pytest.fixture
def rounds(benchmark) -> int:
    """How often to repeat: once when benchmarks are disabled."""
    return 7 if benchmark.enabled else 1


def test_apply_against_bare_transitions(benchmark, finding, rounds):
    """One `apply`, against a machine of one's own that does the same, and against one that only changes its state.

    The same: conditions that ask the same guards, the event handed to them, and a history that grows.
    """
    claim = open_claim(ORDER, reason="not_received", filed_at=FILED)
    happening = story(FILED)
    bare, same = Bare(ORDER), SameWork(claim)
    Machine(bare, states=STATES, transitions=ROWS, initial="under_review", auto_transitions=False)
    guarded = [
        {"trigger": row.event, "source": row.source.value, "dest": row.target.value, "conditions": [same.guard(row)]}
        for row in TABLE
        if row.source
    ]
    Machine(same, states=STATES, transitions=guarded, initial="under_review", auto_transitions=False, send_event=True)

    def ours() -> Claim:
        moved = claim
        for event in happening:
            moved = apply(moved, event)
        return moved

    def theirs() -> str:
        bare.state = "under_review"
        for event in happening:
            getattr(bare, event.kind)()
        return bare.state

    def the_same() -> str:
        same.state, same.history = "under_review", claim.history
        for event in happening:
            getattr(same, event.kind)(event=event)
            same.history = (*same.history, event)
        return same.state

    assert ours().status == theirs() == the_same()
    benchmark(ours)
    many = 400 if rounds > 1 else 1
    finding(
        "apply, events/s of a machine that does the same",
        f"{ratio_of(the_same, ours, many, rounds):.2f} x",
        ">= 0.75 x",
    )
    finding("apply, events/s of one that only changes state", f"{ratio_of(theirs, ours, many, rounds):.2f} x", "none")


def test_ten_thousand_claims_against_a_machine_each(benchmark, finding, rounds):
    """Create and five events each: time and memory against one default `Machine` per claim."""
    count = 10_000 if rounds > 1 else 3

    def ours() -> list[Claim]:
        made = []
        for _ in range(count):
            order = Order(
                order_id="123-1234567-1234567", marketplace="US", placed_at=START, deliver_by=date(2016, 6, 10)
            )
            claim = open_claim(order, reason="not_received", filed_at=FILED)
            for event in story(FILED):
                claim = apply(claim, event)
            made.append(claim)
        return made

    def theirs() -> list[Bare]:
        made = []
        for _ in range(count):
            order = Order(
                order_id="123-1234567-1234567", marketplace="US", placed_at=START, deliver_by=date(2016, 6, 10)
            )
            bare = Bare(order)
            bare.history.append(events.Filed(at=FILED))
            Machine(bare, states=STATES, transitions=ROWS, initial="under_review")
            for event in story(FILED):
                getattr(bare, event.kind)()
                bare.history.append(event)
            made.append(bare)
        return made

    assert [claim.status for claim in ours()] == [bare.state for bare in theirs()]
    benchmark.pedantic(ours, rounds=1)
    few = min(rounds, 3)
    finding(
        "create + 5 events, time of a Machine each", f"{usual(theirs, few) / usual(ours, few):.1f} x faster", ">= 3 x"
    )
    mine, other = (memory(work) for work in (ours, theirs))
    finding("the same, memory", f"1/{other / mine:.1f} ({mine / count:.0f} B a claim)", "<= 1/10")


def memory(work: Callable[[], object]) -> int:
    """Bytes that the result of some work holds."""
    gc.collect()
    tracemalloc.start()
    kept = work()
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept
    return held


def per_second(work: Callable[[int], object], many: int, rounds: int) -> float:
    """How often a second some work can be done; it gets a number, so that it can do something else each time."""
    return many / usual(lambda: [work(number) for number in range(many)], rounds)


def an_order(number: int) -> Order:
    """An order unlike the others: what was counted once is kept, and repeating it would measure that."""
    order_id = f"123-{number // 10**7:07d}-{number % 10**7:07d}"
    placed = START - timedelta(minutes=number)
    return Order(order_id=order_id, marketplace="US", placed_at=placed, deliver_by=date(2016, 6, 10))


def a_claim(number: int) -> Claim:
    """A claim unlike the others."""
    filed = FILED - timedelta(minutes=number)
    return open_claim(an_order(number), reason="not_received", filed_at=filed, amount="31.90 USD")


def test_filing_window(benchmark, finding, rounds):
    """Windows a second, each of another order, by the default edition and by today's."""
    benchmark(filing_window, ORDER)
    many = 20_000 if rounds > 1 else 1
    orders = list(map(an_order, range(many)))
    for edition in ("faq-2016", "us-2026"):
        rate = per_second(lambda number, edition=edition: filing_window(orders[number], edition=edition), many, rounds)
        finding(f"filing_window, {edition}", f"{rate:,.0f} a second", ">= 100,000 a second")


def of_four_events(number: int) -> Claim:
    """A claim of four events, on an order of its own, so that nothing of it is kept from another."""
    order = ORDER.model_copy(update={"order_id": f"123-1234567-{number:07d}"})
    claim = open_claim(order, reason="not_received", filed_at=FILED, amount="31.90 USD")
    messages = (
        events.SellerMessaged(at=FILED + timedelta(days=1), purpose="ask_for_withdrawal"),
        events.BuyerMessaged(at=FILED + timedelta(days=1, minutes=number)),
        events.InformationRequested(at=FILED + timedelta(days=2)),
    )
    for event in messages:
        claim = apply(claim, event)
    return claim


def test_plan(benchmark, finding, rounds):
    """A plan of four events, against reading the same claim from JSON; its own JSON, and the calls that it takes."""
    many = 300 if rounds > 1 else 1
    claims = [of_four_events(number) for number in range(many)]
    texts = [claim.model_dump_json() for claim in claims]
    as_of = FILED + timedelta(days=3)
    benchmark(plan, claims[0], as_of=as_of)
    for policy in ("faq-2016", "current"):

        def planned(policy: str = policy) -> list[Plan]:
            # an instant of its own for each round, so that no deadline is kept from the one before
            instant = as_of + timedelta(microseconds=next(TICKS))
            return [plan(claim, as_of=instant, policy=policy) for claim in claims]

        def read() -> list[Claim]:
            return [Claim.model_validate_json(text) for text in texts]

        made = planned()
        ratio = ratio_of(planned, read, 1, rounds)
        finding(f"plan, {policy}, against reading the claim", f"{ratio:.1f} x", "<= 2.6 x")
        ratio = ratio_of(lambda made=made: [row.model_dump_json() for row in made], planned, 1, rounds)
        finding(f"JSON of a plan, {policy}, against the plan", f"{ratio:.2f} x", "<= 1 x")
        finding(f"calls into atoz a plan, {policy}", f"{calls(lambda: plan(claims[0], as_of=as_of))}", "none")


TICKS = itertools.count(1)


def calls(work: Callable[[], object]) -> int:
    """How often some work calls functions of atoz."""
    profile = cProfile.Profile()
    work()
    profile.runcall(work)
    package = str(Path(atoz.__file__).parent)
    return sum(row.callcount for row in profile.getstats() if package in getattr(row.code, "co_filename", ""))


BARE_COMMAND = """
import typer
app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)
@app.command()
def show(text: str = "") -> None:
    typer.echo(text)
app()
"""


def test_start_of_commands(benchmark, finding, rounds, tmp_path):
    """What commands take above a bare Typer command: whole processes, in turn, the median of several."""
    file = tmp_path / "claim.json"
    file.write_text(of_four_events(1).model_dump_json())
    over = {
        ("--help",): 40,
        ("status", "Under review"): 40,
        ("window", str(file)): 100,
        ("plan", str(file), "--as-of", "2016-06-20T00:00:00Z"): 150,
    }

    def started(*arguments: str) -> float:
        return usual(lambda: subprocess.run([sys.executable, *arguments], check=True, capture_output=True), 1)

    benchmark.pedantic(started, args=("-c", BARE_COMMAND), rounds=1)
    taken = [
        (started("-c", BARE_COMMAND), [started("-m", "atoz", *arguments) for arguments in over]) for _ in range(rounds)
    ]
    for place, (arguments, target) in enumerate(over.items()):
        above = statistics.median(ours[place] - bare for bare, ours in taken)
        finding(f"atoz {arguments[0]}, above a bare Typer command", f"{above * 1000:.0f} ms", f"<= {target} ms")


def test_import(benchmark, finding, rounds):
    """`import atoz` against a bare interpreter, each in processes of its own, in turn."""

    def started(code: str) -> float:
        return usual(lambda: subprocess.run([sys.executable, "-c", code], check=True), 1)

    benchmark.pedantic(started, args=("import atoz",), rounds=1)
    pairs = [(started("pass"), started("import atoz")) for _ in range(rounds * 6)]
    over = statistics.median(ours - bare for bare, ours in pairs)
    finding("import atoz, above a bare interpreter", f"{over * 1000:.1f} ms", "<= 5 ms")


def test_worklist_of_many_claims(benchmark, finding, rounds, tmp_path):
    """A JSON Lines file planned and sorted by the command line: time, and peak memory of its largest process."""
    count = 100_000 if rounds > 1 else 20
    file = tmp_path / "claims.jsonl"
    with file.open("w") as out:
        out.writelines(f"{a_claim(number).model_dump_json()}\n" for number in range(count))
    command = ("-m", "atoz", "plan", file, "--as-of", "2016-06-20T00:00:00Z", "--json")
    run = benchmark.pedantic(run_process, args=command, rounds=1)
    finding(f"atoz plan of {count:,} claims", f"{run.mebibytes:.0f} MB peak, {run.seconds:.0f} s", "<= 300 MB")


def long_claim(count: int) -> str:
    """A claim that is granted and appealed so many times, as JSON."""
    kinds = itertools.cycle([events.GrantedSellerFunded, events.SellerAppealed])
    history = [events.Filed(at=FILED), *(next(kinds)(at=FILED + timedelta(minutes=at)) for at in range(count))]
    return Claim(order=ORDER, reason="not_received", history=history).model_dump_json()


def test_a_long_history_is_read_in_time_in_proportion(benchmark, finding, rounds):
    """Twenty times as many events take some twenty times as long, not four hundred."""
    small, large = (5_000, 100_000) if rounds > 1 else (50, 1_000)
    texts = {count: long_claim(count) for count in (small, large)}
    seconds = {count: usual(lambda text=text: read_claim(parse_json(text)), 2) for count, text in texts.items()}
    assert len(benchmark(lambda: read_claim(parse_json(texts[small]))).history) == small + 1
    finding(f"read a claim of {large:,} events", f"{seconds[large]:.2f} s", "<= 10 s")
    finding(
        "growth of that time, over the growth of the history",
        f"{seconds[large] / seconds[small] * small / large:.1f} x",
        "<= 3 x",
    )

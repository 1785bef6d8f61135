"""A scheduler that sleeps until something is due: the day's list, and reminders before each deadline to act by.

    12_scheduler.py STORE WEBHOOK SENT        runs until it is stopped, by the machine's clock

What was acknowledged is written to the file SENT; whatever is not there is sent, so one that was killed sends at least
once. Each message has a key that never changes, and a receiver that drops keys it knows has each exactly once.
Without arguments the script shows that: it kills a scheduler while a message is on its way, and starts another.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import Popen
from tempfile import TemporaryDirectory
from threading import Thread
from typing import NamedTuple
from urllib.parse import urlsplit

from atoz import open_claim
from atoz.model.events import InformationRequested
from atoz.model.order import Order
from atoz.store import ClaimStore

POLICY = "current"
LIST_HOUR = 9
LEADS = (timedelta(hours=24), timedelta(hours=6))
LONGEST_NAP = timedelta(minutes=15)  # a claim that is stored meanwhile is noticed after that


class Message(NamedTuple):
    """What is sent, and the key that stays the same however often it is sent."""

    key: str
    body: dict[str, object]


def due_messages(store: ClaimStore, now: datetime) -> Iterator[Message]:
    """The day's list, and every reminder whose time has come."""
    if now.hour >= LIST_HOUR:
        due = list(store.due_claims(as_of=now, before=now + timedelta(days=7), policy=POLICY))
        yield Message(f"list of {now.date()}", {"claims": [claim.model_dump(mode="json") for claim in due]})
    for claim in store.due_claims(as_of=now, before=now + max(LEADS) + timedelta(microseconds=1), policy=POLICY):
        for lead in LEADS:
            if claim.act_by - lead <= now:
                hours = int(lead / timedelta(hours=1))
                key = f"{hours} hours: {claim.claim_id} by {claim.act_by:%Y-%m-%d %H:%M:%S}"
                yield Message(key, {"hours": hours, **claim.model_dump(mode="json")})


def next_time(store: ClaimStore, now: datetime) -> datetime:
    """When to look again: when a plan can change, when the next list is due, or when a reminder is."""
    today = now.replace(hour=LIST_HOUR, minute=0, second=0, microsecond=0)
    times = [today if today > now else today + timedelta(days=1)]
    looked = store.next_look(as_of=now, policy=POLICY)
    times += [looked] if looked and looked > now else []
    for claim in store.due_claims(as_of=now, before=min(times) + max(LEADS), policy=POLICY):
        times += [claim.act_by - lead for lead in LEADS if claim.act_by - lead > now]
    return min(times)


class Sent:
    """The keys of what was acknowledged, one a line, each safely on disk before the next message is sent."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._keys = set(path.read_text(encoding="utf-8").split("\n")) if path.exists() else set()

    def __contains__(self, key: str) -> bool:
        return key in self._keys

    def add(self, key: str) -> None:
        """Write a key down."""
        with self._path.open("a", encoding="utf-8") as lines:
            lines.write(f"{key}\n")
            lines.flush()
            os.fsync(lines.fileno())
        self._keys.add(key)


class MachineClock:
    """The time of the machine."""

    def now(self) -> datetime:
        """The present instant."""
        return datetime.now(UTC)

    def wait(self, until: datetime) -> None:
        """Sleep, but never so long that a new claim goes unnoticed."""
        time.sleep(max(0.0, min(until - self.now(), LONGEST_NAP).total_seconds()))


class FileClock:
    """A clock for trying things out: the time stands in a file, and waiting moves it on at once."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        """The instant in the file."""
        return datetime.fromisoformat(self._path.read_text(encoding="utf-8"))

    def wait(self, until: datetime) -> None:
        """Put another instant in the file's place."""
        new = self._path.with_suffix(".new")
        new.write_text(until.isoformat(), encoding="utf-8")
        new.replace(self._path)


def run(store: ClaimStore, webhook: str, sent: Sent, clock: MachineClock | FileClock, until: datetime | None) -> None:
    """Send what is due and sleep, again and again."""
    while until is None or clock.now() < until:
        now = clock.now()
        unsent = [message for message in due_messages(store, now) if message.key not in sent]
        if all(delivered(webhook, message, sent) for message in unsent):
            clock.wait(next_time(store, now))
        else:
            clock.wait(now + timedelta(minutes=1))  # the receiver is away: what is left is tried again


def delivered(webhook: str, message: Message, sent: Sent) -> bool:
    """Whether the receiver has acknowledged a message; only then is it written down."""
    address = urlsplit(webhook)
    connection = HTTPConnection(address.hostname or "", address.port, timeout=10)
    try:
        headers = {"Content-Type": "application/json", "Idempotency-Key": message.key}
        connection.request("POST", address.path or "/", json.dumps(message.body), headers)
        accepted = connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        accepted = False
    finally:
        connection.close()
    if accepted:
        sent.add(message.key)
    return accepted


class Receiver(ThreadingHTTPServer):
    """A webhook on the loopback interface that keeps one message of each key, and can kill the sender of one."""

    def __init__(self, kill_at: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.kept: dict[str, object] = {}
        self.arrived, self.kill_at = 0, kill_at
        self.sender: Popen[bytes] | None = None


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.kept.setdefault(self.headers["Idempotency-Key"], body)
        self.server.arrived += 1  # one sender sends one message at a time
        if self.server.arrived == self.server.kill_at and self.server.sender:
            self.server.sender.kill()  # it has been received, and the sender will never know
            return
        self.send_response(HTTPStatus.OK)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


def show(kill_at: int) -> Receiver:
    """Three days of a store with two claims, with a kill and a new start where one is asked for."""
    start = datetime(2026, 11, 20, 8, tzinfo=UTC)
    with TemporaryDirectory() as folder, Receiver(kill_at) as receiver:
        Thread(target=receiver.serve_forever, args=(0.01,), daemon=True).start()
        place = Path(folder)
        FileClock(place / "clock").wait(start)
        with ClaimStore.open(place / "claims.db") as store:
            for number in (1, 2):
                order = Order(order_id=f"123-1234567-000000{number}", marketplace="US", placed_at=start)
                filed = start + timedelta(hours=number)
                stored = store.add(open_claim(order, reason="not_received", filed_at=filed, edition="us-2026"))
                asked = InformationRequested(at=filed + timedelta(hours=1))
                store.append(stored.claim_id, asked, expected_version=stored.version)
        webhook, until = f"http://127.0.0.1:{receiver.server_port}/", (start + timedelta(days=4)).isoformat()
        arguments = [place / "claims.db", webhook, place / "sent", place / "clock", until]
        for _ in range(2):  # the one that is killed, and the one after it
            with Popen([sys.executable, __file__, *map(str, arguments)]) as receiver.sender:  # noqa: S603  (its own)
                receiver.sender.wait()
        receiver.shutdown()
    return receiver


def main(arguments: list[str]) -> None:
    """Run, or without arguments show what happens when a scheduler is killed."""
    if not arguments:
        receiver = show(kill_at=3)
        print(f"{receiver.arrived} messages arrived, {len(receiver.kept)} were kept:")
        print("\n".join(receiver.kept))
        return
    store_url, webhook, sent, *trial = arguments
    clock = FileClock(Path(trial[0])) if trial else MachineClock()
    until = datetime.fromisoformat(trial[1]) if trial else None
    with ClaimStore.open(store_url, create=False) as store:
        run(store, webhook, Sent(Path(sent)), clock, until)


if __name__ == "__main__":
    main(sys.argv[1:])

# prints:
# 9 messages arrived, 8 were kept:
# list of 2026-11-20
# list of 2026-11-21
# list of 2026-11-22
# 24 hours: 123-1234567-0000001 by 2026-11-23 10:00:00
# 24 hours: 123-1234567-0000002 by 2026-11-23 11:00:00
# 6 hours: 123-1234567-0000001 by 2026-11-23 10:00:00
# 6 hours: 123-1234567-0000002 by 2026-11-23 11:00:00
# list of 2026-11-23

"""Files that are made to hang a reader or to fill its memory: each is read within bounds, or refused by name.

Run as a script it reads all of them under a limit of memory and of processor time, and prints what came of each.
"""

import gzip
import io
import json
import resource
import sys

from atoz.errors import InvalidDocument
from atoz.sources.format_detection import SourceKind
from atoz.sources.notices.reading import read_notice
from atoz.sources.record_reading import read_records

MEMORY = 1_600_000_000
"""Bytes of address space, of which Python and the libraries take a part before anything is read."""
SECONDS = 150
"""Of processor time for all of them together: one that hangs ends the script."""
HEAD = b"From: a@amazon.com\nSubject: Claim received on order 111-0000001-0000001\nMIME-Version: 1.0\n"
DATE_RANGE = b'"date/time","settlement id","type","order id","total"\n'
MARKS = "\u0327\u0301"


class Endless(io.RawIOBase):
    """A device that never ends."""

    def readable(self):
        """It can be read."""
        return True

    def readinto(self, buffer):
        """Zeros, as many as are asked for."""
        buffer[:] = bytes(len(buffer))
        return len(buffer)


def nested(depth):
    """Mails attached to mails."""
    return b"".join(HEAD + b"Content-Type: message/rfc822\n\n" for _ in range(depth)) + HEAD + b"\ninnermost"


def parts(count):
    """A mail of many parts."""
    part = b"--b\nContent-Type: text/plain\n\nclaim\n"
    return HEAD + b'Content-Type: multipart/mixed; boundary="b"\n\n' + part * count + b"--b--\n"


MAILS = {
    "10,000 parts": ("too_many_parts", lambda: parts(10_000)),
    "200 nested mails": ("own_date_unknown", lambda: nested(200)),
    "5,000 nested mails": ("broken_mail", lambda: nested(5_000)),
    "50 MB of base64": ("cut", lambda: HEAD + b"Content-Transfer-Encoding: base64\n\n" + b"QUJD" * 12_500_000),
    "a header of 10 MB": ("cut", lambda: b"Subject: " + b"x" * 10_000_000 + b"\n" + HEAD + b"\nbody"),
    "100,000 header lines": ("unrecognised", lambda: b"X-A: b\n" * 100_000 + HEAD + b"\nbody"),
    "a folded header": ("unrecognised", lambda: b"Subject: x\n" + b" =?utf-8?q?=41?=\n" * 100_000 + HEAD + b"\nbody"),
    "encoded words": ("unrecognised", lambda: b"Subject: " + b"=?utf-8?b?QUJD?= " * 100_000 + b"\n" + HEAD + b"\nbody"),
    "HTML of 50 MB": ("cut", lambda: HEAD + b"Content-Type: text/html\n\n" + b"<div>" * 10_000_000),
    "HTML of 100,000 levels": ("no_date", lambda: HEAD + b"Content-Type: text/html\n\n" + b"<blockquote>" * 100_000),
    "a codec of domain names": ("cut", lambda: HEAD + b"Content-Type: text/plain; charset=punycode\n\n" + b"a-" * 900_000),
    "accents without end": ("cut", lambda: HEAD + b"Content-Type: text/plain; charset=utf-8\n\n" + (MARKS * 400_000).encode()),
    "a phrase again and again": ("cut", lambda: HEAD + b"\n" + b"will debit your account " * 80_000),
    "negations again and again": ("sentence_in_doubt", lambda: HEAD + b"\n" + b"we have not covered the cost but " * 60_000),
    "times again and again": ("cut", lambda: HEAD + b"\n" + b"respond within 72 hours, " * 80_000),
    "amounts without end": ("currency_not_said", lambda: HEAD + b"\n$" + b"1,111" * 400_000),
    "header lines in the text": ("own_date_unknown", lambda: HEAD.replace(b"Claim", b"Fwd: Claim") + b"\n" + b"From: a@amazon.com\nDate: x\n\n" * 50_000),
    "senders without end": ("several_senders", lambda: b"From: " + b"a@amazon.com, " * 100_000 + b"\nSubject: x\n\nbody"),
    "nothing but newlines": ("cut", lambda: HEAD + b"\n" * 2_000_000),
}  # fmt: skip

FILES = {
    "gzip of braces": ("expands_too_far", lambda: gzip.compress(b"{" * 60_000_000)),
    "gzip of lists": ("expands_too_far", lambda: gzip.compress(b"[" + b"[]," * 20_000_000 + b"[]]")),
    "gzip of empty objects": ("expands_too_far", lambda: gzip.compress(b"[" + b"{}," * 3_000_000 + b"{}]")),
    "gzip of newlines": ("unknown_kind", lambda: gzip.compress(b"\n" * 60_000_000)),
    "gzip cut short": ("unreadable", lambda: gzip.compress(b'{"orders": []}' * 10_000)[:-40]),
    "gzip of nonsense": ("unreadable", lambda: b"\x1f\x8b\x08\x00" + b"\xff" * 5_000),
    "gzip with a wrong sum": ("unreadable", lambda: gzip.compress(b'{"orders": []}')[:-8] + bytes(8)),
    "gzip in gzip": ("compressed_twice", lambda: gzip.compress(gzip.compress(b'{"orders": []}'))),
    "JSON of 100,000 levels": ("too_deep", lambda: b"[" * 100_000),
    "rows without end": ("too_many_rows", lambda: json.dumps({"transactions": [{}] * 60_000}).encode()),
    "orders without end": ("too_many_rows", lambda: json.dumps({"Orders": [{}] * 60_000}).encode()),
    "figures without end": ("too_many_items", lambda: json.dumps([{"accountHealthA": 1}] * 60_000).encode()),
    "NaN": ("not_json", lambda: b'{"accountHealthA": NaN}'),
    "a key twice": ("repeated_key", lambda: b'{"orders": [], "orders": []}'),
    "half a character": ("half_a_character", lambda: b'{"orderId": "\\ud800"}'),
    "NUL": ("not_json", lambda: b'{"orderId": "\x00"}'),
    "UTF-16 without a mark": ("not_json", lambda: '{"orders": []}'.encode("utf-16-le")),
    "a line of 100 MB": ("too_large", lambda: b'{"a": "' + b"x" * 100_000_000),
    "XML of many elements": ("too_large", lambda: b"<order_id>" + b"<a/>" * 4_000_000),
    "XML of 100,000 levels": ("not_xml", lambda: b"<order_id>" * 100_000),
    "XML in one line": ("not_xml", lambda: b"<x><order_id>" + b"x" * 1_000_000),
    "XML with entities": ("document_type", lambda: b'<!DOCTYPE a [<!ENTITY b "order_id">]><a>&b;</a>'),
    "CSV with an open quote": ("bad_row", lambda: DATE_RANGE + b'"a' + b"a,b\n" * 30_000),
    "CSV of quotes": ("bad_row", lambda: DATE_RANGE + b'"\n' * 20_000),
    "CSV of 100,000 columns": ("unknown_kind", lambda: b"date/time," + b"a," * 100_000 + b"type,order id,total\n" + b"1," * 100_000),
    "header lines of nothing": ("unknown_kind", lambda: b"a: b\r\n" * 10_000),
    "header lines and their ends": ("unknown_kind", lambda: b"a:\r\n \r\n" * 8_000),
}  # fmt: skip

DEVICES = {
    **{
        f"a device as {kind}": ("endless_line", kind)
        for kind in (SourceKind.RECORDS, SourceKind.ORDERS, SourceKind.JSON)
    },
    "a device as nothing": ("unknown_kind", None),
    "a device as settlement": ("missing_column", SourceKind.SETTLEMENT),
    "a device as date range": ("endless_line", SourceKind.DATE_RANGE),
    "a device as returns": ("missing_column", SourceKind.RETURNS),
    "a device as notice": ("cut", SourceKind.NOTICE),
}
CASES = {**MAILS, **FILES, **DEVICES}


def outcome(name):
    """What comes of one of them: the codes of the faults, or of the notes."""
    try:
        if name in MAILS:
            return read_notice(MAILS[name][1]()).codes()
        kind = DEVICES[name][1] if name in DEVICES else None
        stream = io.BufferedReader(Endless()) if name in DEVICES else io.BytesIO(FILES[name][1]())
        return sorted({code for parsed in read_records(stream, kind=kind) for code in parsed.codes()})
    except InvalidDocument as invalid:
        return [fault.code for fault in invalid.faults]


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    for case in CASES:
        sys.stdout.write(json.dumps([case, list(outcome(case))]) + "\n")
        sys.stdout.flush()

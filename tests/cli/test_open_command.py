"""`atoz open`: a claim from an order and a notice, or from what is typed in; nothing that is missing is made up."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

NOTICE = b"""From: atoz-guarantee-no-reply@amazon.com
Subject: Claim received on order 123-1234567-1234567
Date: Fri, 20 Nov 2026 08:00:00 -0800
X-Space-Notification-Type: A_Z_CLAIM_RESPONDENT_NOTIFY
X-Marketplace-ID: ATVPDKIKX0DER

We received an A-to-z Guarantee claim of $31.90 on the order.
"""


@pytest.fixture
def order(atoz, tmp_path) -> Path:
    """The order that --example prints."""
    file = tmp_path / "order.json"
    file.write_text(atoz("open", "--example").out)
    return file


@pytest.fixture
def notice(tmp_path) -> Path:
    """Amazon's mail about a claim on it."""
    file = tmp_path / "claim.eml"
    file.write_bytes(NOTICE)
    return file


def test_from_a_notice(atoz, order, notice):
    """The filing and the amount come from the mail; the reason is said, since no mail says it."""
    done = atoz("open", order, "--notice", notice, "--reason", "not_received")
    claim = json.loads(done.out)
    assert done.code == 0
    assert (claim["amount"]["value"], claim["reason"]) == ("31.90", "not_received")
    assert [(event["kind"], event["at"]) for event in claim["history"]] == [("filed", "2026-11-20T16:00:00Z")]
    assert "forged" in done.err


def test_the_order_says_which_dollar_a_mail_means(atoz, order, notice):
    """A mail that names no marketplace is one of the order's."""
    notice.write_bytes(NOTICE.replace(b"X-Marketplace-ID: ATVPDKIKX0DER\n", b""))
    done = atoz("open", order, "--notice", notice, "--reason", "not_received")
    assert json.loads(done.out)["amount"] == {"value": "31.90", "currency": "USD"}


def test_from_what_is_said(atoz, order):
    """Everything can be given as an option; what is opened can be planned."""
    facts = ("--reason", "not_as_described", "--detail", "damaged", "--filed-at", "2026-11-20T08:00:00-08:00")
    done = atoz("open", order, *facts, "--amount", "12 USD", "--edition", "us-2026")
    claim = json.loads(done.out)
    assert (claim["detail"], claim["edition"], claim["amount"]["value"]) == ("damaged", "us-2026", "12")
    assert atoz("plan", "-", "--as-of", "2026-11-21T00:00:00Z", stdin=done.out.encode()).code == 0


def test_everything_that_is_missing_is_named_at_once(atoz, order):
    """Without a terminal nobody is asked: exit 2, with every option that is needed."""
    done = atoz("open", order)
    assert (done.code, done.out) == (2, "")
    assert "--reason" in done.err
    assert "--filed-at" in done.err
    assert "not_received" in done.err


def test_without_an_order_the_rest_is_named_too(atoz, notice):
    """The order, the reason and the filing in one go; a notice says when it was filed."""
    for options in ((), ("--reason", "other"), ("--notice", notice)):
        done = atoz("open", *options)
        assert done.code == 2
        assert "name an order file" in done.err
        assert ("--reason: one of" in done.err) == ("--reason" not in options)
        assert ("--filed-at:" in done.err) == ("--notice" not in options)


def test_a_notice_of_another_order_is_refused(atoz, order, notice):
    """The order and the mail have to agree."""
    notice.write_bytes(NOTICE.replace(b"123-1234567-1234567", b"123-1234567-7654321"))
    done = atoz("open", order, "--notice", notice, "--reason", "other")
    assert done.code == 2
    assert "not of this order" in done.err


@pytest.mark.parametrize("broken", [("open",), ("open", "no-such-file.json"), ("open", "-", "--notice", "none.eml")])
def test_bad_input_is_an_error(atoz, broken):
    """No order, no such file: exit 2 and a sentence."""
    done = atoz(*broken, stdin=b'{"order_id": "1"}')
    assert done.code == 2
    assert "Traceback" not in done.err


def test_a_new_file_is_never_written_over_another(atoz, order, tmp_path):
    """-o writes the claim once."""
    facts = ("--reason", "other", "--filed-at", "2026-11-20T08:00:00Z", "-o", tmp_path / "claim.json")
    assert atoz("open", order, *facts).code == 0
    assert json.loads((tmp_path / "claim.json").read_text())["status"] == "under_review"
    assert atoz("open", order, *facts).code == 2


def test_on_a_terminal_what_is_missing_is_asked_for(order):
    """The questions go to the terminal, the claim to standard output."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "atoz", "open", str(order)]
    with subprocess.Popen(command, stdin=theirs, stderr=theirs, stdout=subprocess.PIPE) as running:
        os.close(theirs)
        os.write(ours, b"not_received\n2026-11-20T08:00:00Z\n")
        claim = json.loads(running.stdout.read())
    os.close(ours)
    assert (claim["reason"], claim["history"][0]["at"]) == ("not_received", "2026-11-20T08:00:00Z")

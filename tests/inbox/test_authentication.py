"""A mail is trusted only if the one named server says, in exactly one header, that DMARC passed for Amazon's domain."""

from email import message_from_string

import pytest

pytest.importorskip("authres")

from atoz.inbox.authentication import Trust, trust_of

CHECKED = "mx.example.net; spf=pass smtp.mailfrom=bounces.amazon.com; dmarc=pass (p=quarantine) header.from=amazon.com"
FROM = "A-to-z <atoz-guarantee-no-reply@amazon.com>"


def trust(
    *results: str, senders: tuple[str, ...] = (FROM,), server: str | None = "mx.example.net", shop: str = "US"
) -> Trust:
    """The trust in a mail with these headers."""
    headers = [f"Authentication-Results: {result}" for result in results] + [f"From: {sender}" for sender in senders]
    return trust_of(message_from_string("\n".join([*headers, "", "text"])), server=server, marketplace=shop)


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ((CHECKED,), Trust.VERIFIED),
        (
            (CHECKED.upper().replace("MX.EXAMPLE.NET", "MX.example.NET").replace("DMARC=PASS", "dmarc=pass"),),
            Trust.VERIFIED,
        ),
        ((), Trust.NO_RESULT),
        ((CHECKED, CHECKED), Trust.NO_RESULT),
        ((CHECKED, "other.example; dmarc=fail header.from=amazon.com"), Trust.VERIFIED),
        (("other.example; dmarc=pass header.from=amazon.com",), Trust.NO_RESULT),
        (("mx.example.net.evil.example; dmarc=pass header.from=amazon.com",), Trust.NO_RESULT),
        (("mx.example.net; none",), Trust.FAILED),
        (("mx.example.net; dmarc=fail header.from=amazon.com",), Trust.FAILED),
        (("mx.example.net; spf=pass smtp.mailfrom=amazon.com",), Trust.FAILED),
        (("mx.example.net; dmarc=pass header.from=amazon.com.evil.example",), Trust.FAILED),
        (("mx.example.net; dmarc=pass",), Trust.FAILED),
        (("mx.example.net; dmarc=pass header.from=amazon.com; dmarc=fail header.from=amazon.com",), Trust.FAILED),
        (("mx.example.net; x=y (dmarc=pass header.from=amazon.com)",), Trust.FAILED),
        (('mx.example.net; dmarc=fail reason="dmarc=pass header.from=amazon.com"',), Trust.FAILED),
        (("; dmarc=pass",), Trust.NO_RESULT),
        (("",), Trust.NO_RESULT),
    ],
)
def test_only_one_verdict_of_the_named_server_counts(results: tuple[str, ...], expected: Trust):
    """Another server, a second header, a comment, a quoted string or a broken header is not a verdict."""
    assert trust(*results) is expected


@pytest.mark.parametrize(
    ("senders", "expected"),
    [
        ((), Trust.SEVERAL_SENDERS),
        ((FROM, FROM), Trust.SEVERAL_SENDERS),
        ((f"{FROM}, b@example.com",), Trust.SEVERAL_SENDERS),
        (("not an address",), Trust.SEVERAL_SENDERS),
        (("atoz@amazon.com.evil.example",), Trust.FAILED),
    ],
)
def test_the_sender_is_one_and_the_one_that_was_checked(senders: tuple[str, ...], expected: Trust):
    """The verdict has to be about the very domain in the only `From:`."""
    assert trust(CHECKED, senders=senders) is expected


def test_without_a_named_server_nothing_counts():
    """Anybody can write the header."""
    assert trust(CHECKED, server=None) is Trust.NO_SERVER


def test_the_domain_belongs_to_the_marketplace():
    """A verified mail of another shop's domain, or of a stranger's, is not about this order."""
    stranger = "mx.example.net; dmarc=pass header.from=example.com"
    assert trust(CHECKED, shop="DE") is Trust.OTHER_DOMAIN
    assert trust(stranger, senders=("a@example.com",)) is Trust.OTHER_DOMAIN
    german = CHECKED.replace("header.from=amazon.com", "header.from=amazon.de")
    assert trust(german, senders=("a@amazon.de",), shop="DE") is Trust.VERIFIED

"""Whether a mail is Amazon's, as far as the receiving server has checked it.

A `From:` proves nothing. What counts is the `Authentication-Results` header (RFC 8601) of the one server that the user
names, and only if that server removes foreign headers of its own name from incoming mail, as section 5 of the RFC asks:
else anybody can write the header.
"""

from collections.abc import Callable, Sequence
from email.message import Message
from email.utils import getaddresses
from enum import StrEnum
from typing import Protocol, cast

from atoz.errors import MissingExtra
from atoz.model.marketplace import Marketplace

try:
    import authres
except ModuleNotFoundError as missing:
    raise MissingExtra("the inbox", "inbox") from missing


class Trust(StrEnum):
    """What is known of a mail's sender."""

    VERIFIED = "verified"
    """The named server says that the mail is from a domain of Amazon's."""
    NO_SERVER = "no_server"
    """No server is named whose word would count."""
    NO_RESULT = "no_result"
    """The named server says nothing about it, or not in exactly one header."""
    FAILED = "failed"
    """The named server does not say that DMARC passed for the sender's domain."""
    SEVERAL_SENDERS = "several_senders"
    """The mail does not have exactly one sender."""
    OTHER_DOMAIN = "other_domain"
    """The domain is not Amazon's in that marketplace."""


def trust_of(message: Message, *, server: str | None, marketplace: str | None) -> Trust:
    """Whether a mail may be acted on without a person's look at it.

    Args:
        message: The mail as it arrived, its topmost headers added last.
        server: The authserv-id whose word counts; none if the user has named none.
        marketplace: The marketplace that the mail speaks of, if it says so.
    """
    domain = _sender_domain(message)
    if domain is None:
        return Trust.SEVERAL_SENDERS
    if server is None:
        return Trust.NO_SERVER
    headers = [_parsed(header) for header in message.get_all("Authentication-Results", [])]
    results = [header for header in headers if header and _is_by(header, server)]
    if len(results) != 1:
        return Trust.NO_RESULT
    if not _dmarc_passed(results[0], domain):
        return Trust.FAILED
    shops = [Marketplace.of(marketplace)] if marketplace else Marketplace.all()
    return Trust.VERIFIED if domain in {shop.domain for shop in shops} else Trust.OTHER_DOMAIN


def _sender_domain(message: Message) -> str | None:
    """The domain of the only sender; none where there are several headers or several addresses, or none."""
    headers = message.get_all("From", [])
    addresses = [address for _, address in getaddresses([str(header) for header in headers])]
    if len(headers) != 1 or len(addresses) != 1 or addresses[0].count("@") != 1:
        return None
    return addresses[0].rpartition("@")[2].casefold()


class _Property(Protocol):
    """One `ptype.property=value` of a verdict; the library has no types of its own."""

    type: str
    name: str
    value: str


class _Verdict(Protocol):
    """What a server says of one method."""

    method: str
    result: str
    properties: Sequence[_Property]


class _Header(Protocol):
    """One `Authentication-Results` header."""

    authserv_id: str
    results: Sequence[_Verdict]


def _parsed(header: object) -> _Header | None:
    """A header taken apart; one that breaks the RFC says nothing."""
    parse = cast("Callable[[str], _Header]", authres.AuthenticationResultsHeader.parse)  # pyright: ignore[reportUnknownMemberType]
    try:
        return parse(f"Authentication-Results: {' '.join(str(header).split())}")
    except authres.AuthResError:
        return None


def _is_by(result: _Header, server: str) -> bool:
    return result.authserv_id.casefold() == server.casefold()


def _dmarc_passed(result: _Header, domain: str) -> bool:
    """Whether DMARC passed, for the very domain of the sender; a second verdict on it makes the header worthless."""
    verdicts = [method for method in result.results if method.method == "dmarc"]
    if len(verdicts) != 1 or verdicts[0].result != "pass":
        return False
    named = [item.value for item in verdicts[0].properties if (item.type, item.name) == ("header", "from")]
    return [value.casefold() for value in named] == [domain]

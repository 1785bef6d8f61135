"""Whether a mail is Amazon's, as far as the receiving server has checked it.

A `From:` proves nothing. What counts is the `Authentication-Results` header (RFC 8601) of the one server that the user
names, and only if that server removes foreign headers of its own name from incoming mail, as section 5 of the RFC asks:
else anybody can write the header.
"""

from email.message import Message
from email.utils import getaddresses
from enum import StrEnum

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
    results = [
        result for result in map(_parsed, message.get_all("Authentication-Results", [])) if _is_by(result, server)
    ]
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


def _parsed(header: object) -> "authres.AuthenticationResultsHeader | None":
    """A header taken apart; one that breaks the RFC says nothing."""
    try:
        return authres.AuthenticationResultsHeader.parse(f"Authentication-Results: {' '.join(str(header).split())}")
    except authres.AuthResError:
        return None


def _is_by(result: "authres.AuthenticationResultsHeader | None", server: str) -> bool:
    return result is not None and str(result.authserv_id).casefold() == server.casefold()


def _dmarc_passed(result: "authres.AuthenticationResultsHeader", domain: str) -> bool:
    """Whether DMARC passed, for the very domain of the sender; a second verdict on it makes the header worthless."""
    verdicts = [method for method in result.results if method.method == "dmarc"]
    if len(verdicts) != 1 or verdicts[0].result != "pass":
        return False
    named = [item.value for item in verdicts[0].properties if (item.type, item.name) == ("header", "from")]
    return [str(value).casefold() for value in named] == [domain]

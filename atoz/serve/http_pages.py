"""The pages and the calendar of the HTTP server, for a person with a browser."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from atoz.model.text import Language
from atoz.planner.policy import Policy
from atoz.report.calendar import calendar
from atoz.report.claim_page import claim_page
from atoz.report.html import page_policy
from atoz.report.worklist_page import worklist_page
from atoz.serve.claim_sources import ClaimSource, KeptClaim


def pages_router(
    claims: ClaimSource, policy: Policy | str | None, tell: Callable[[], datetime], *, has_own_address: bool
) -> APIRouter:
    """The worklist, a page for each claim, and the calendar; with an address of its own, the calendar by its key."""
    pages = APIRouter(include_in_schema=False)
    language_of = Query(description="The language that is shown first.")

    @pages.get("/")
    def worklist(lang: Annotated[Literal["en", "zh"], language_of] = "en") -> Response:
        kept, unreadable = _readable(claims)
        ids = {id(claim.claim): claim.claim_id for claim in kept}
        page = worklist_page(
            [claim.claim for claim in kept],
            as_of=tell(),
            policy=policy,
            language=lang,
            unreadable=unreadable,
            link=lambda claim: f"/claims/{ids[id(claim)]}",
        )
        return _page(page)

    @pages.get("/claims/{claim_id:path}")
    def one_claim(claim_id: str, lang: Annotated[Literal["en", "zh"], language_of] = "en") -> Response:
        return _page(claim_page(claims.get(claim_id).claim, as_of=tell(), policy=policy, language=lang))

    def feed(lang: Annotated[Literal["en", "zh"], language_of] = "en") -> Response:
        kept, _ = _readable(claims)
        language: Language = lang
        text = calendar([claim.claim for claim in kept], as_of=tell(), policy=policy, language=language)
        return Response(text, media_type="text/calendar; charset=utf-8")

    @pages.get("/favicon.ico")
    def no_icon() -> Response:  # browsers ask for one unasked
        return Response(status_code=HTTPStatus.NO_CONTENT)

    pages.add_api_route("/calendar.ics", feed, methods=["GET"])
    if has_own_address:
        pages.add_api_route("/calendar/{key}.ics", feed, methods=["GET"])  # the guard compares the key
    return pages


def _readable(claims: ClaimSource) -> tuple[list[KeptClaim], int]:
    every = list(claims.claims())
    kept = [claim for claim in every if isinstance(claim, KeptClaim)]
    return kept, len(every) - len(kept)


def _page(text: str) -> Response:
    policy = f"{page_policy()}; frame-ancestors 'none'"
    return Response(text, media_type="text/html; charset=utf-8", headers={"content-security-policy": policy})

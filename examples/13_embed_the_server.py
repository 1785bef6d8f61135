"""An application of your own, in FastAPI, that has atoz's API and pages under /claims and a route of its own beside.

Run it with `uvicorn`, or ask it in this process as here.
"""

from datetime import UTC, datetime
from pathlib import Path

from fastapi import FastAPI
from starlette.testclient import TestClient

from atoz.serve import ClaimFolder, access, create_app

claims = ClaimFolder(Path(__file__).parent / "claims")
shop = FastAPI()


@shop.get("/health")
def health() -> dict[str, str]:
    """A route of the shop's own."""
    return {"shop": "open"}


# atoz keeps its own gate: only requests to these names, from its own pages, are let through
rules = access("127.0.0.1", 8000)
shop.mount("/", create_app(claims, rules, clock=lambda: datetime(2016, 6, 22, 16, tzinfo=UTC)))

client = TestClient(shop, base_url="http://127.0.0.1:8000")
print("the shop is", client.get("/health").json()["shop"])
plan = client.post("/api/v1/plan", json={"claim_id": "202-7654321-7654321"}).json()
print(plan["order_id"], plan["status"], plan["attention"])
print(client.post("/api/v1/plan", json={"claim_id": "999-0000000-0000000"}).json()["code"])
print(client.get("/", headers={"host": "evil.example"}).json()["code"])
print("a page:", client.get("/").text.startswith("<!DOCTYPE html>"))

# prints:
# the shop is open
# 202-7654321-7654321 under_review action_required
# unknown_name
# wrong_host
# a page: True

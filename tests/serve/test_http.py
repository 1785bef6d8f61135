"""The API: what it answers, what it refuses, and that nothing is written over somebody else's event."""

import json

import pytest
from starlette.testclient import TestClient

from atoz.errors import StoreUnusable
from atoz.lifecycle.replay import read_claim
from atoz.model.record import parse_json
from atoz.serve import OPERATIONS, ClaimFolder, StoredClaims, access, create_app

CLAIM_ID = "202-7654321-7654321"
DENIED = {"kind": "denied", "at": "2026-11-01T09:00:00Z"}
API = "/api/v1"


@pytest.fixture
def claim(folder):
    """The document of one example claim."""
    return json.loads((folder / "not-received.json").read_text(encoding="utf-8"))


@pytest.fixture
def stored(tmp_path, claim):
    """A client of a server over a store that holds this claim."""
    store_module = pytest.importorskip("atoz.store")
    with store_module.ClaimStore.open(tmp_path / "claims.db") as store:
        store.add(read_claim(claim))
        app = create_app(StoredClaims(store), access("127.0.0.1", 8000))
        yield TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False)


@pytest.mark.parametrize(
    "operation", [row.name for row in OPERATIONS if row.name not in ("apply", "check-message", "prevent")]
)
def test_a_claim_is_sent_or_named(client, claim, operation):
    """The same answer for the document and for the id under which the server keeps it."""
    sent = client.post(f"{API}/{operation}", json={"claim": claim})
    named = client.post(f"{API}/{operation}", json={"claim_id": claim["order"]["order_id"]})
    assert (sent.status_code, named.status_code) == (200, 200), sent.text
    assert sent.json() == named.json()


def test_apply_gives_the_claim_with_the_event_and_stores_nothing(client, claim):
    """What comes back is a document that every command reads; the kept claim is as before."""
    event = {"kind": "denied", "at": "2016-06-23T09:00:00Z"}
    after = client.post(f"{API}/apply", json={"claim": claim, "event": event})
    assert read_claim(parse_json(after.text)).status.value == "closed"
    kept = client.get(f"{API}/claims/{claim['order']['order_id']}")
    assert kept.json()["status"] == "under_review"


def test_a_message_is_checked(client):
    """A finding has its rule, its place and its source."""
    sent = {"text": "Change your review and we refund you.", "message_kind": "reply"}
    rules = [finding["rule"] for finding in client.post(f"{API}/check-message", json=sent).json()["findings"]]
    assert rules


@pytest.mark.parametrize(
    ("sent", "status", "code", "path"),
    [
        ("{", 400, "invalid_document", ""),
        ('{"claim_id": "1", "claim_id": "2"}', 400, "invalid_document", "claim_id"),
        ('{"as_of": NaN}', 400, "invalid_document", ""),
        ("[" * 5000, 400, "invalid_document", ""),
        ('{"claim_id": 1e9999999999999999999}', 400, "invalid_document", ""),
        ("{}", 422, "invalid_document", "body"),
        ('{"claim_id": "202-7654321-7654321", "extra": 1}', 422, "invalid_document", "body.extra"),
        ('{"claim_id": "202-7654321-7654321", "as_of": "2016-06-22"}', 422, "invalid_document", "body.as_of"),
        ('{"claim_id": "202-7654321-7654321", "edition": "us-2025"}', 422, "unknown_name", None),
        ('{"claim_id": "202-7654321-7654321", "policy": "curent"}', 422, "unknown_name", None),
        ('{"claim_id": "999-0000000-0000000"}', 404, "unknown_name", None),
    ],
)
def test_a_bad_request_is_a_problem_with_its_code(client, sent, status, code, path):
    """RFC 9457: the media type, the status once more, atoz's code, and every fault with its place."""
    answer = client.post(f"{API}/plan", content=sent, headers={"content-type": "application/json"})
    body = answer.json()
    assert (answer.status_code, body["status"], body["code"]) == (status, status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert path is None or path in [fault["path"] for fault in body["faults"]]


def test_all_faults_come_together(client, claim):
    """Two things wrong with one order are two faults of one problem."""
    del claim["order"]["placed_at"]
    claim["order"]["order_id"] = "1"
    faults = client.post(f"{API}/plan", json={"claim": claim}).json()["faults"]
    assert {fault["path"] for fault in faults} == {"body.claim.order.placed_at", "body.claim.order.order_id"}


def test_a_history_that_does_not_hold_together_is_refused(client, claim):
    """The claim is verified as every command verifies it, not only read."""
    claim["history"].append({"kind": "seller_appealed", "at": "2016-06-25T09:00:00Z"})
    claim.pop("status", None)
    answer = client.post(f"{API}/plan", json={"claim": claim})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_document")


def test_a_refused_event_says_from_when_it_is_possible(client, claim):
    """The code is the refusal's own, with the instants at which it changes."""
    lapse = {"kind": "response_lapsed", "at": "2016-06-23T09:00:00Z", "due_at": "2016-06-27T16:00:00Z"}
    answer = client.post(f"{API}/apply", json={"claim": claim, "event": lapse})
    assert (answer.status_code, answer.json()["code"]) == (409, "too_early")
    assert answer.json()["possible_from"] > "2016-06-27"


def test_a_server_that_keeps_no_claims_says_so(claim):
    """It still answers about what is sent, and has no pages."""
    client = TestClient(create_app(None, access("127.0.0.1", 8000)), base_url="http://127.0.0.1:8000")
    assert client.post(f"{API}/plan", json={"claim": claim}).status_code == 200
    assert client.post(f"{API}/plan", json={"claim_id": CLAIM_ID}).json()["faults"][0]["code"] == "no_claims"
    assert client.get("/").status_code == 404


def test_the_claims_are_listed_in_pieces(client):
    """Each piece says where the next begins; together they are all, each once."""
    whole = client.get(f"{API}/claims").json()["claims"]
    pieces, after = [], ""
    while after is not None:
        piece = client.get(f"{API}/claims", params={"limit": 2, "after": after}).json()
        assert len(piece["claims"]) <= 2
        pieces += piece["claims"]
        after = piece["next_after"]
    assert pieces == whole
    assert len(whole) > 4


def test_a_file_that_cannot_be_read_is_named_and_the_rest_is_served(tmp_path, folder):
    """By its name alone: the API shows no path."""
    (tmp_path / "good.json").write_bytes((folder / "not-received.json").read_bytes())
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    (tmp_path / "away.json").symlink_to(folder / "withdrawn.json")
    client = TestClient(create_app(ClaimFolder(tmp_path), access("127.0.0.1", 8000)), base_url="http://127.0.0.1:8000")
    listed = client.get(f"{API}/claims")
    assert [claim["status"] for claim in listed.json()["claims"]] == ["under_review"]
    assert listed.json()["unreadable"] == ["bad.json"]
    assert str(tmp_path) not in listed.text
    assert "1 " in client.get("/").text


def test_a_claim_has_its_version_as_etag(client):
    """It changes with the claim, not with the request."""
    first, second = (client.get(f"{API}/claims/{CLAIM_ID}") for _ in range(2))
    assert first.headers["etag"] == second.headers["etag"]
    assert first.headers["etag"].startswith('"')


def test_a_folder_is_only_read(client):
    """There is nothing to post an event to."""
    assert client.post(f"{API}/claims/{CLAIM_ID}/events", json=DENIED).status_code == 405


def test_writing_needs_the_version_that_was_read(stored, claim):
    """428 without If-Match, 412 for a stale one with what was missed, and the new ETag after the event."""
    place = f"{API}/claims/{claim['order']['order_id']}"
    event = {"kind": "buyer_messaged", "at": "2016-06-21T09:00:00Z"}
    read = stored.get(place).headers["etag"]
    assert stored.post(f"{place}/events", json=event).json()["code"] == "if_match_missing"
    assert stored.post(f"{place}/events", json=event).status_code == 428
    written = stored.post(f"{place}/events", json=event, headers={"if-match": read})
    assert (written.status_code, written.headers["etag"]) == (200, '"2"')
    late = stored.post(f"{place}/events", json=event, headers={"if-match": read})
    assert (late.status_code, late.json()["code"]) == (412, "stale_claim")
    assert "buyer_messaged" in late.json()["missed"][0]
    assert stored.post(f"{place}/events", json=event, headers={"if-match": "*"}).status_code == 412
    assert len(stored.get(place).json()["history"]) == len(claim["history"]) + 1


def test_a_refused_event_is_not_stored(stored, claim):
    """409, and the version is the old one."""
    place = f"{API}/claims/{claim['order']['order_id']}"
    event = {"kind": "seller_appealed", "at": "2016-06-25T09:00:00Z"}
    refused = stored.post(f"{place}/events", json=event, headers={"if-match": '"1"'})
    assert (refused.status_code, refused.json()["code"]) == (409, "no_such_transition")
    assert stored.get(place).headers["etag"] == '"1"'


def test_an_unexpected_fault_shows_nothing_of_the_inside(folder, monkeypatch):
    """500, a sentence, no trace, no words of the exception."""
    client = TestClient(
        create_app(ClaimFolder(folder), access("127.0.0.1", 8000), clock=lambda: 1 / 0),
        base_url="http://127.0.0.1:8000",
        raise_server_exceptions=False,
    )
    answer = client.post(f"{API}/plan", json={"claim_id": CLAIM_ID})
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert "division" not in answer.text
    assert "Traceback" not in answer.text


def test_a_store_that_fails_is_not_named():
    """503 without the database's address."""

    class Failing:
        def claims(self):
            raise StoreUnusable("postgresql://seller@db.example/claims", "it cannot be reached")

        def get(self, claim_id):
            raise StoreUnusable("postgresql://seller@db.example/claims", claim_id)

    client = TestClient(create_app(Failing(), access("127.0.0.1", 8000)), base_url="http://127.0.0.1:8000")
    for path in ("/", "/api/v1/claims", f"/api/v1/claims/{CLAIM_ID}"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (503, "store_unusable")
        assert "db.example" not in answer.text


def test_the_openapi_document_names_every_operation(client):
    """With a result, and a problem for everything else; no page of it loads scripts from elsewhere."""
    document = client.get(f"{API}/openapi.json").json()
    for operation in OPERATIONS:
        post = document["paths"][f"{API}/{operation.name}"]["post"]
        assert post["summary"] == operation.summary
        assert "200" in post["responses"]
        assert post["requestBody"]["content"]["application/json"]["schema"]
    assert client.get("/docs").status_code == 404

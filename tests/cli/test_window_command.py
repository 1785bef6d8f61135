"""`atoz window`: from flags, from files, compared."""

import json

FLAGS = ("--marketplace", "US", "--placed-at", "2016-06-01T15:00:00Z", "--deliver-by", "2016-06-10")


def test_from_flags(atoz):
    """The house's own example, from flags."""
    done = atoz("window", *FLAGS, "--on", "2016-06-06")

    assert done.code == 0
    assert "The buyer may file from 2016-06-07 to 2016-09-08, both days included" in done.out
    assert "On 2016-06-06: not yet; days until it opens: 1" in done.out


def test_json_has_the_verdict_and_the_steps(atoz):
    """`--json` carries the window, the verdict on the day, and how it was counted."""
    found = json.loads(atoz("window", *FLAGS, "--on", "2016-09-08", "--json").out)

    assert (found["opens"], found["closes"], found["verdict"], found["days_left"]) == (
        "2016-06-07",
        "2016-09-08",
        "eligible",
        0,
    )
    assert found["derivation"][0]["result"] == "2016-06-07"
    assert "explanation" not in found
    explained = json.loads(atoz("window", *FLAGS, "--on", "2016-09-08", "--json", "--explain").out)
    assert explained["explanation"]["edition"] == "faq-2016"


def test_on_takes_an_instant_as_the_local_day(atoz):
    """An instant is the marketplace's calendar day: 05:00 UTC is still the evening before in Los Angeles."""
    found = json.loads(atoz("window", *FLAGS, "--on", "2016-06-07T05:00:00Z", "--json").out)

    assert (found["on"], found["verdict"]) == ("2016-06-06", "not_yet")


def test_from_an_order_and_from_a_claim(atoz, claims):
    """An order file and a claim file with that order give the same window."""
    claim = claims / "not-received.json"
    order = json.dumps(json.loads(claim.read_text())["order"]).encode()

    assert atoz("window", claim, "--on", "2016-06-20").out == atoz("window", "-", "--on", "2016-06-20", stdin=order).out


def test_a_claim_file_brings_its_own_edition_and_reason(atoz, claims, tmp_path):
    """What the claim says counts; the option stands above it; the edition of its window above that of its deadlines."""
    data = json.loads((claims / "not-received.json").read_text())
    for own, edition, reason in (
        ({"edition": "us-2016-06"}, "us-2016-06", "not_received"),
        ({"edition": "us-2026", "window_edition": "us-2016-11"}, "us-2016-11", "not_received"),
        ({"reason": "return_refused", "detail": None}, "faq-2016", "return_refused"),
    ):
        file = tmp_path / "claim.json"
        file.write_text(json.dumps({**data, "edition": "faq-2016", **own}))
        found = json.loads(atoz("window", file, "--json").out)
        assert (found["edition"], found["reason"]) == (edition, reason)
        window = json.loads(atoz("window", file, "--edition", "us-2020-07", "--reason", "other", "--json").out)
        assert (window["edition"], window["reason"]) == ("us-2020-07", "other")


def test_a_file_and_an_order_from_flags(atoz, claims):
    """Both at once would leave it open which order is meant."""
    done = atoz("window", claims / "not-received.json", *FLAGS)

    assert done.code == 2
    assert "use a file or --marketplace, --placed-at, --deliver-by, not both" in done.err


def test_compare(atoz, claims):
    """`--compare` shows every edition that fits the marketplace, and how far they differ."""
    done = atoz("window", claims / "granted-seller-funded.json", "--compare")

    assert "faq-2016" in done.out
    assert "uk-current" in done.out
    assert "us-2026" not in done.out
    assert "Days between the openings" in done.out


def test_compare_shows_deadlines_bounds_and_what_is_in_force(atoz):
    """A bound where the opening is not known, a mark at the edition in force, and what each gives for each deadline."""
    asked = ("window", "--marketplace", "US", "--placed-at", "2026-06-01T15:00:00Z", "--deliver-by", "2026-06-10")
    lines = [" ".join(line.split()) for line in atoz(*asked, "--compare").out.splitlines()]
    assert "us-2026 * ? ≥ 2026-06-13 2026-09-08 buyer's first message" in lines
    assert "us-2016-11 ? ≥ 2026-06-13 2026-09-08 buyer's first message" in lines
    assert "* in force on the order day" in lines
    assert any(line.startswith("answer Amazon 7 calendar days 7 calendar days 3 calendar") for line in lines)
    document = json.loads(atoz(*asked, "--compare", "--json").out)
    assert document["in_force"] == ["us-2026"]
    figures = [row for row in document["deadlines"] if row["edition"] == "us-2026"]
    assert {(row["deadline"], row["value"], row["unit"]) for row in figures} >= {
        ("appeal", 30, "calendar_day"),
        ("refund_return", 4, "calendar_day"),
        ("refund_return", 5, "calendar_day"),
    }
    turkish = ("window", "--marketplace", "TR", "--placed-at", "2026-06-01T15:00:00Z", "--compare")
    assert "No edition is known to be in force here on the order day." in atoz(*turkish).out


def test_in_force_says_why(atoz):
    """`in-force` names the edition it picked, and the days it is supported for."""
    done = atoz("window", *FLAGS, "--edition", "in-force", "--on", "2016-06-06")

    assert (
        "edition us-2016-06 is in force for the US marketplace on 2016-06-01: supported from 2016-06-01 to 2016-11-13"
        in done.out
    )


def test_errors_name_what_is_wrong(atoz):
    """No input, several bad flags at once, an unknown edition, no edition in force: each says what to do."""
    assert "name an order or claim file, or use --marketplace" in atoz("window").err
    both = atoz("window", "--marketplace", "XX", "--placed-at", "2016-06-01")
    assert both.code == 2
    assert "marketplace: 'XX' is not a marketplace" in both.err
    assert "placed_at: 2016-06-01 is a day; an instant is needed, for example 2016-06-01T09:00:00-08:00" in both.err
    assert "nearest: us-2026" in atoz("window", *FLAGS, "--edition", "us-2025").err
    brazil = atoz("window", "--marketplace", "BR", "--placed-at", "2016-06-01T15:00:00Z", "--edition", "in-force")
    assert "no edition of the rules is known to be in force for BR on 2016-06-01" in brazil.err


def test_a_claim_without_kind_is_a_claim(atoz, claims, tmp_path):
    """Written by hand, a claim is known by its history; its window is that of the file that says its kind."""
    document = json.loads((claims / "not-received.json").read_text(encoding="utf-8"))
    del document["kind"]
    file = tmp_path / "claim.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    day = ("--on", "2016-06-20", "--json")
    assert atoz("window", file, *day).out == atoz("window", claims / "not-received.json", *day).out
    assert atoz("window", file, *day).code == 0


def test_the_contradictions_are_listed(atoz):
    """In words, with the figures or the reason; in Chinese; and as JSON."""
    import json

    listed = atoz("editions", "contradictions")
    assert (listed.code, "us-2026.claim_notice" in listed.out, "atoz caps no amount." in listed.out) == (0, True, True)
    assert "atoz 不设金额上限。" in atoz("editions", "contradictions", "--lang", "zh").out
    assert len(json.loads(atoz("editions", "contradictions", "--json").out)["contradictions"]) == 18


def test_the_rule_in_force_stands_beside_the_pinned_window(atoz):
    """An order of 2026 counted by the FAQ: what today's rule says comes first, with how to ask for it."""
    flags = ("--marketplace", "US", "--placed-at", "2026-06-01T15:00:00Z", "--deliver-by", "2026-06-10")
    lines = atoz("window", *flags, "--first-contact-at", "2026-06-11T15:00:00Z", "--on", "2026-06-12").out.splitlines()
    assert "Rule in force (us-2026): 2026-06-13 to 2026-09-08; on 2026-06-12" in lines[1]
    assert "--edition in-force" in lines[1]
    found = json.loads(atoz("window", *flags, "--on", "2026-06-12", "--json").out)
    assert [(other["edition"], other["closes"]) for other in found["in_force"]] == [("us-2026", "2026-09-08")]
    pinned = json.loads(atoz("window", *flags, "--on", "2026-06-12", "--edition", "us-2026", "--json").out)
    assert pinned["in_force"] == []

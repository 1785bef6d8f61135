"""See it: a claim as a page, many as a worklist, and the dates as a calendar."""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from icalendar import Calendar

from atoz import read_claim
from atoz.model.record import parse_json
from atoz.report.calendar import calendar
from atoz.report.claim_page import claim_page
from atoz.report.worklist_page import worklist_page

claims = Path(__file__).parent / "claims"
as_of = datetime(2016, 6, 22, 16, tzinfo=UTC)
claim = read_claim(parse_json((claims / "not-received.json").read_text(encoding="utf-8")))
many = [read_claim(parse_json(line)) for line in (claims / "many.jsonl").read_text(encoding="utf-8").splitlines()]

with TemporaryDirectory() as folder:
    page = Path(folder) / "claim.html"
    page.write_text(claim_page(claim, as_of=as_of, language="zh"), encoding="utf-8")
    print(page.read_text(encoding="utf-8").splitlines()[1])

print(worklist_page(many, as_of=as_of).partition("<title>")[2].partition("<")[0])
for event in Calendar.from_ical(calendar([claim], as_of=as_of)).walk("VEVENT"):
    print(event["dtstart"].dt, event["summary"])

# prints:
# <html lang="zh">
# A-to-z claims: 5
# 2016-06-20 16:00:00+00:00 Answer Amazon (123-1234567-1234567)
# 2016-06-20 16:00:00+00:00 Collect evidence (123-1234567-1234567)
# 2016-06-20 16:00:00+00:00 Ask the buyer to withdraw the claim (123-1234567-1234567)
# 2016-06-27 16:00:00+00:00 Deadline: answer Amazon (123-1234567-1234567)

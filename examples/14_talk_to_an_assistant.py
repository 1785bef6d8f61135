"""What an assistant asks and is told over MCP: here the SDK's own client takes the assistant's place.

An assistant starts `atoz mcp --root claims/` itself; its settings name that command.
"""

import json
from datetime import UTC, datetime
from pathlib import Path

import anyio
from mcp import Client

from atoz.serve import ClaimFolder, mcp_server

CLAIMS = Path(__file__).parent / "claims"


async def conversation() -> None:
    """Three questions of a seller's, and the calls that answer them."""
    server = mcp_server(ClaimFolder(CLAIMS), clock=lambda: datetime(2026, 11, 21, 17, tzinfo=UTC))
    async with Client(server) as assistant:
        print("A buyer filed a claim yesterday. By when do I have to answer?")
        facts = {
            "marketplace": "US",
            "placed_at": "2026-11-01T10:00:00-08:00",
            "deliver_by": "2026-11-12",
            "filed_at": "2026-11-20T09:00:00-08:00",
        }
        answer = await tell(assistant, "plan_claim", {"facts": facts})
        print(f"  act by {answer['act_by']}; in force: {answer['in_force']}")

        print("May I write: change your review and you get your money back?")
        text = "Please change your review and you get your money back."
        answer = await tell(assistant, "check_message", {"text": text, "message_kind": "reply"})
        print(f"  no: {answer['findings'][0]['rule']}, by {answer['findings'][0]['source']}")

        print("Record that Amazon denied the claim.")
        refused = await assistant.call_tool("record_event", {"claim_id": "202-7654321-7654321"})
        print(f"  {refused.content[0].text.splitlines()[0]}: only `atoz mcp --allow-writes` offers it")


async def tell(assistant: Client, tool: str, arguments: dict[str, object]) -> dict[str, object]:
    """The answer of one tool."""
    result = await assistant.call_tool(tool, arguments)
    return json.loads(result.content[0].text)


anyio.run(conversation)

# prints:
# A buyer filed a claim yesterday. By when do I have to answer?
#   act by 2026-11-23T17:00:00+00:00; in force: ['us-2026']
# May I write: change your review and you get your money back?
#   no: review_incentive, by Review policy page, item E8SYAZUBGVFBHCH (undated)
# Record that Amazon denied the claim.
#   unknown tool 'record_event': only `atoz mcp --allow-writes` offers it

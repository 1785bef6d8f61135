"""The MCP server: the tools of `atoz.serve.mcp_tools` and the rules and policies as resources, for any transport."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import atoz
from atoz.errors import AtozError, MissingExtra, UnknownName
from atoz.planner.policy import Policy, shipped_policies
from atoz.rulebook.edition import Edition
from atoz.serve.claim_sources import ClaimSource
from atoz.serve.mcp_tools import TOOLS, Desk, Tool

try:
    import mcp_types as types
    from mcp.server.context import ServerRequestContext
    from mcp.server.lowlevel import Server
    from mcp.shared.exceptions import MCPError
except ModuleNotFoundError as missing:
    raise MissingExtra("the MCP server", "mcp") from missing

EDITIONS, POLICIES = "atoz://editions/", "atoz://policies/"
LONGEST_ERROR = 1500


def mcp_server(
    claims: ClaimSource | None = None,
    *,
    root: Path | None = None,
    allow_writes: bool = False,
    clock: Callable[[], datetime] | None = None,
) -> Server[dict[str, object]]:
    """An MCP server with atoz's tools, ready to run on any transport of the SDK.

    Args:
        claims: The claims that can be named by their id.
        root: The folder whose claim files can be named by their path.
        allow_writes: Offer `record_event`, which changes the store.
        clock: The present instant, for tests; by default the machine's clock.

    Raises:
        MissingExtra: the extra `mcp` is not installed.
    """
    desk = Desk(claims, root.resolve() if root else None, clock or _now, {})
    offered = {name: tool for name, tool in TOOLS.items() if allow_writes or not tool.writes}

    async def list_tools(
        _: ServerRequestContext[dict[str, object]], __: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        """The tools that are offered."""
        return types.ListToolsResult(tools=[_described(name, tool) for name, tool in offered.items()])

    async def call_tool(
        _: ServerRequestContext[dict[str, object]], asked: types.CallToolRequestParams
    ) -> types.CallToolResult:
        """A tool's answer; an error of atoz is an answer too."""
        try:
            if asked.name not in offered:
                raise UnknownName.with_suggestions("tool", asked.name, offered)
            text, failed = offered[asked.name].answer(asked.arguments or {}, desk), False
        except AtozError as error:
            text, failed = f"{error} [{error.code}]"[:LONGEST_ERROR], True
        return types.CallToolResult(content=[types.TextContent(text=text)], is_error=failed)

    async def list_resources(
        _: ServerRequestContext[dict[str, object]], __: types.PaginatedRequestParams | None
    ) -> types.ListResourcesResult:
        """Every edition and policy."""
        return types.ListResourcesResult(resources=_resources())

    async def read_resource(
        _: ServerRequestContext[dict[str, object]], asked: types.ReadResourceRequestParams
    ) -> types.ReadResourceResult:
        """One of them as JSON."""
        try:
            text = _resource(str(asked.uri))
        except UnknownName as unknown:
            raise MCPError(types.INVALID_PARAMS, f"{unknown} [{unknown.code}]") from None
        contents = types.TextResourceContents(uri=asked.uri, text=text, mime_type="application/json")
        return types.ReadResourceResult(contents=[contents])

    return Server(
        "atoz",
        version=atoz.__version__,
        instructions="Amazon A-to-z Guarantee claims. The tools count dates by dated, cited rules: explain what they "
        "answer, with its edition and source, and do not count yourself. Act by the earliest of act_by.",
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_read_resource=read_resource,
    )


def _now() -> datetime:
    return datetime.now(UTC)


def _described(name: str, tool: Tool) -> types.Tool:
    return types.Tool(
        name=name,
        description=tool.about,
        input_schema=tool.arguments.model_json_schema(),
        annotations=types.ToolAnnotations(read_only_hint=not tool.writes, open_world_hint=False),
    )


def _resources() -> list[types.Resource]:
    editions = [
        types.Resource(uri=f"{EDITIONS}{edition.id}", name=f"edition {edition.id}", mime_type="application/json")
        for edition in Edition.all()
    ]
    policies = [
        types.Resource(uri=f"{POLICIES}{name}", name=f"policy {name}", mime_type="application/json")
        for name in shipped_policies()
    ]
    return [*editions, *policies]


def _resource(uri: str) -> str:
    if uri.startswith(EDITIONS):
        return Edition.named(uri.removeprefix(EDITIONS)).model_dump_json()
    if uri.startswith(POLICIES):
        return Policy.named(uri.removeprefix(POLICIES)).model_dump_json()
    raise UnknownName.with_suggestions("resource", uri, [str(resource.uri) for resource in _resources()])

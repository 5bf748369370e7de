"""The server: lists the tools and answers calls over stdio. It needs the extra `payoff[mcp]`."""

import logging
from functools import partial
from importlib.metadata import version
from typing import Any

import anyio
from anyio import to_thread
from mcp.server import Server
from mcp.server.context import ServerRequestContext
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    ToolAnnotations,
)
from mcp_types import Tool as ToolListed
from pydantic import BaseModel, ValidationError

from metrics.errors import MetricError
from service.api.problems import ProblemError
from service.errors import PayoffError
from service.mcp.desk import Desk
from service.mcp.tools import INSTRUCTIONS, TOOLS, Tool
from warehouse.errors import FrozenReportError

_READS_ONLY = {
    "read_only_hint": True,
    "destructive_hint": False,
    "idempotent_hint": True,
    "open_world_hint": False,
}
Context = ServerRequestContext[Any]
_log = logging.getLogger(__name__)


def build_server(desk: Desk) -> Server[Any]:
    """The server with its tools, for any transport."""

    async def list_tools(context: Context, params: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(tools=[_listed(tool) for tool in TOOLS.values()])

    async def call_tool(context: Context, params: CallToolRequestParams) -> CallToolResult:
        if params.name not in TOOLS:
            raise MCPError(
                INVALID_PARAMS, f"There is no tool {params.name!r}; the tools are: {', '.join(TOOLS)}."
            )
        return await to_thread.run_sync(partial(called, desk, TOOLS[params.name], params.arguments or {}))

    return Server(
        "payoff",
        title="Payoff",
        version=version("payoff"),
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def run_stdio(desk: Desk) -> None:
    """Answer on stdin and stdout until stdin ends."""
    anyio.run(_serve, build_server(desk))


async def _serve(server: Server[Any]) -> None:
    async with stdio_server() as (received, sent):
        await server.run(received, sent, server.create_initialization_options())


def _listed(tool: Tool) -> ToolListed:
    return ToolListed(
        name=tool.name,
        title=tool.title,
        description=tool.purpose,
        input_schema=tool.asks.model_json_schema(),
        output_schema=tool.gives.model_json_schema(mode="serialization"),
        annotations=ToolAnnotations(title=tool.title, **_READS_ONLY),
    )


def called(desk: Desk, tool: Tool, arguments: dict[str, Any]) -> CallToolResult:
    """The answer of a tool, or what was wrong with the call, so that the caller can mend it."""
    try:
        given = tool.asks.model_validate(arguments)
        return _told(tool.answer(desk, given))
    except ValidationError as error:
        return _refused(_misfits(error, tool))
    except ProblemError as error:
        return _refused(error.detail)
    except (MetricError, PayoffError) as error:
        return _refused(str(error))
    except FrozenReportError:
        # Its message names the folder on this machine.
        return _refused("A frozen report is damaged; restore the folder `reports` from a backup.")
    except Exception as error:
        _log.exception("tool=%s failed with %s", tool.name, type(error).__name__)
        return _refused("Payoff failed to answer this. Its log on stderr says more.")


def _told(answer: BaseModel) -> CallToolResult:
    """The answer twice, as the protocol wants it: structured, and as JSON for clients that read text only."""
    text = TextContent(text=answer.model_dump_json())
    return CallToolResult(content=[text], structured_content=answer.model_dump(mode="json"))


def _refused(words: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(text=words)], is_error=True)


def _misfits(error: ValidationError, tool: Tool) -> str:
    """Which arguments do not fit and why, and what the tool takes."""
    faults = [
        f"{'.'.join(map(str, each['loc']))}: "
        + ("there is no such argument" if each["type"] == "extra_forbidden" else each["msg"])
        for each in error.errors()
    ]
    return f"{'; '.join(faults)}. {tool.name} takes: {', '.join(tool.asks.model_fields)}."

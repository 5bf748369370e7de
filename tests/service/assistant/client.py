"""An assistant as tests play it: the client of the SDK, in memory, one connection a question."""

import json
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import anyio
from mcp import Client
from mcp_types import CallToolResult
from mcp_types import Tool as ToolListed

from service.mcp.desk import Desk
from service.mcp.server import build_server

_Answer = TypeVar("_Answer")


def answer_of(asked: Callable[[], Awaitable[_Answer]]) -> _Answer:
    """What it comes to, in a thread: the browser of other tests holds the event loop of this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(anyio.run, asked).result()


@dataclass(frozen=True)
class Assistant:
    """Asks a desk by the protocol."""

    desk: Desk

    def tools(self) -> list[ToolListed]:
        """The tools that it is offered."""

        async def listed() -> list[ToolListed]:
            async with Client(build_server(self.desk)) as client:
                return (await client.list_tools()).tools

        return answer_of(listed)

    def called(self, name: str, **given: Any) -> CallToolResult:
        """What a call gives, or how it is refused. The client checks it against the tool's schema."""

        async def call() -> CallToolResult:
            async with Client(build_server(self.desk)) as client:
                await client.list_tools()
                return await client.call_tool(name, given)

        return answer_of(call)

    def asks(self, name: str, **given: Any) -> dict[str, Any]:
        """The answer of a call that is not refused; both forms of it say the same."""
        result = self.called(name, **given)
        assert not result.is_error, result.content
        told: dict[str, Any] = result.structured_content
        assert json.loads(text_of(result)) == told
        return told

    def is_told(self, name: str, **given: Any) -> str:
        """The words by which a call is refused."""
        result = self.called(name, **given)
        assert result.is_error, result.structured_content
        return text_of(result)


def text_of(result: CallToolResult) -> str:
    """The one text of a result."""
    (content,) = result.content
    return str(content.text)  # type: ignore[union-attr]

"""`payoff mcp` as an assistant starts it: a process of its own, spoken to over stdin and stdout."""

import sys
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters

from tests.service.assistant.client import answer_of
from tests.service.command import run_payoff, text_of
from tests.service.folders import write_config
from tests.service.report_world import published


def test_an_assistant_starts_it_and_gets_a_figure(tmp_path: Path) -> None:
    config = published(tmp_path).path
    command = StdioServerParameters(
        command=str(Path(sys.executable).with_name("payoff")), args=["mcp", "--config", str(config)]
    )

    async def asked() -> Any:
        async with Client(command, read_timeout_seconds=120) as client:
            assert client.server_info is not None
            assert client.server_info.name == "payoff"
            tools = (await client.list_tools()).tools
            window = {"start": "2025-10-01", "end": "2026-01-01"}
            answer = await client.call_tool("get_metric", {"metric": "how_to_ticket_rate", **window})
            return len(tools), answer.structured_content

    n_tools, answer = answer_of(asked)
    # 360 how-to tickets of 600 engineers.
    assert (n_tools, answer["figures"][0]["value"]) == (5, pytest.approx(0.6))
    assert answer["notice"] == ""


def test_without_the_extra_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.commands.assistant.find_spec", lambda name: None)
    result = run_payoff("mcp", "--config", str(write_config(tmp_path, "")))
    assert result.exit_code == 2
    assert "pip install 'payoff[mcp]'" in text_of(result)
    assert result.stdout == ""

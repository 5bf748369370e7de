"""A reader of the API, and what it is asked about."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from service.configuration.config import load_config
from service.running.pipeline import collect_and_publish
from tests.service.command import run_payoff
from tests.service.folders import DEPLOYMENTS, deployment_rows, write_files

TOKEN, OTHER = "token-of-the-reader", "token-of-prometheus"
TOKENS = """
api:
  tokens:
    - {name: reader, token: "${READER_TOKEN}", scopes: [read]}
    - {name: prometheus, token: "${OTHER_TOKEN}", scopes: [metrics]}
"""
WINDOW = {"start": "2025-07-01", "end": "2026-01-01"}
CLI_WINDOW = ("--start", WINDOW["start"], "--end", WINDOW["end"])
SHARE = "/v1/metrics/self_service_share"
MONTH = {"start": "2025-01-01", "end": "2025-02-01"}
DEPLOYED = "/v1/metrics/deployment_frequency"


@dataclass
class Reader:
    """Who asks, and the configuration that the command line takes for the same snapshot."""

    client: httpx.Client
    config: Path
    folder: Path

    def get(self, path: str, token: str = TOKEN, **given: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} | given.pop("headers", {})
        return self.client.get(path, params=given, headers=headers)

    def says(self, *arguments: str) -> bytes:
        result = run_payoff(*arguments, "--config", str(self.config))
        assert result.exit_code == 0, result.stderr
        return result.stdout_bytes


def collect(reader: Reader, *days: int) -> None:
    write_files(
        reader.folder / "exports",
        deployments=DEPLOYMENTS + deployment_rows(*days),
        services="service_id,team_id\npay,money\n",
        teams="team_id\nmoney\n",
    )
    collect_and_publish(load_config(reader.config), clock=lambda: datetime(2025, 2, 1, tzinfo=UTC))

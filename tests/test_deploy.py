"""The files in ``deploy/`` are what systemd, Kubernetes and Compose take, and call commands that exist."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from service.cli import app as command_line
from service.docs.cli import cli_page

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
MANIFESTS = [
    (path.name, document)
    for path in sorted((DEPLOY / "kubernetes").glob("*.yaml"))
    for document in yaml.safe_load_all(path.read_text())
]
UNITS = sorted((DEPLOY / "systemd").iterdir())


def containers(document: dict[str, Any]) -> list[dict[str, Any]]:
    spec = document["spec"]
    spec = spec["jobTemplate"]["spec"] if document["kind"] == "CronJob" else spec
    return list(spec["template"]["spec"]["containers"])


@pytest.mark.parametrize(("name", "document"), MANIFESTS, ids=lambda value: str(value)[:20])
def test_manifest_is_valid_for_kubernetes(name: str, document: dict[str, Any]) -> None:
    kubernetes_validate.validate(document, "1.37", strict=True)


def test_pods_are_restricted_and_stop_in_good_order() -> None:
    workloads = [document for _, document in MANIFESTS if document["kind"] in ("Deployment", "CronJob")]
    assert len(workloads) == 2
    for container in [one for document in workloads for one in containers(document)]:
        security = container["securityContext"]
        assert security["runAsNonRoot"]
        assert security["readOnlyRootFilesystem"]
        assert not security["allowPrivilegeEscalation"]
        assert security["capabilities"] == {"drop": ["ALL"]}
    text = "".join(path.read_text() for path in (DEPLOY / "kubernetes").glob("*.yaml"))
    assert text.count("terminationGracePeriodSeconds: 90") == 2


def test_one_process_writes() -> None:
    (deployment,) = [document for _, document in MANIFESTS if document["kind"] == "Deployment"]
    (cronjob,) = [document for _, document in MANIFESTS if document["kind"] == "CronJob"]
    assert deployment["spec"]["replicas"] == 1
    assert deployment["spec"]["strategy"]["type"] == "Recreate"
    assert cronjob["spec"]["concurrencyPolicy"] == "Forbid"


def test_commands_and_options_are_there() -> None:
    page = cli_page()
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    lines = [compose["services"]["payoff"]["command"]]
    lines += [
        c["args"] for _, d in MANIFESTS if d["kind"] in ("Deployment", "CronJob") for c in containers(d)
    ]
    for unit in UNITS:
        started = [line for line in unit.read_text().splitlines() if line.startswith("ExecStart=")]
        lines += [line.partition("payoff ")[2].split() for line in started]
    assert len(lines) == 5
    assert command_line.registered_commands
    for words in lines:
        assert f"payoff {words[0]}" in page
        assert [word for word in words if word.startswith("--") and word not in page] == []


def test_compose_file_keeps_the_port_on_the_machine() -> None:
    service = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]["payoff"]
    assert service["ports"] == ["127.0.0.1:8501:8501"]
    assert service["read_only"]
    assert (DEPLOY / "Dockerfile").read_text().count("USER 10001:10001") == 1
    assert service["build"]["dockerfile"] == "deploy/Dockerfile"


def test_units_are_valid_for_systemd(tmp_path: Path) -> None:
    """The program is not installed where this runs, so a stand-in is named."""
    for unit in UNITS:
        text = unit.read_text()
        (tmp_path / unit.name).write_text(text.replace("/opt/payoff/.venv/bin/payoff", "/bin/true"))
        sections = {line for line in text.splitlines() if line.startswith("[")}
        assert sections <= {"[Unit]", "[Service]", "[Timer]", "[Install]"}
        assert "[Unit]" in sections
    if shutil.which("systemd-analyze"):
        command = ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / unit.name) for unit in UNITS)]
        result = subprocess.run(command, capture_output=True, text=True)
        own = [line for line in result.stderr.splitlines() if "payoff" in line]
        assert own == []


def test_operations_page_names_every_file() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    files = [path.relative_to(ROOT) for path in DEPLOY.rglob("*") if path.is_file()]
    assert len(files) == 7
    linked = [file for file in files if f"(../{file})" in page]
    assert set(files) - set(linked) == {Path("deploy/systemd/payoff-collect.service")}  # the timer's own

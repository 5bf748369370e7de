"""What the templates make is accepted by everything that will judge it, and a worse template is not."""

import copy
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.catalogue import load_actions
from actions.config import Platform
from actions.inputs import checked_inputs
from actions.rendering import evaluate_jsonnet, rendered
from tests.actions.asked import all_combinations, asked, pairwise_combinations, platform, split
from tests.actions.judges import Complaint, built, complaints, documents, written

ACTIONS = load_actions()


def manifests(folder: Path, inputs: dict[str, Any], where: Platform, label: str) -> list[Path]:
    """Everything that Argo CD applies for a request, a file for each environment and one for itself."""
    action = ACTIONS["deploy-service"]
    chosen = checked_inputs(action, inputs)
    root = written(rendered(action, chosen, where), folder / "rendered" / label)
    (folder / "built").mkdir(parents=True, exist_ok=True)
    files = []
    for environment in chosen["environments"]:
        files.append(folder / "built" / f"{label}-{environment}.yaml")
        files[-1].write_text(built(root / f"services/{chosen['name']}/overlays/{environment}"))
    files.append(folder / "built" / f"{label}-argocd.yaml")
    applications = sorted((root / "applications").iterdir())
    files[-1].write_text("\n---\n".join(path.read_text() for path in applications))
    return files


def judged(folder: Path, combinations: Iterable[dict[str, Any]]) -> list[Complaint]:
    files = []
    for number, options in enumerate(combinations):
        inputs, where = split(options)
        # Trivy's memory grows with the square of what one folder holds.
        files += manifests(folder / f"part{number // 20}", inputs, where, f"c{number:04d}")
    assert len(files) > 20
    return complaints(files)


def test_every_pair_of_options_makes_manifests_without_complaint(tmp_path: Path) -> None:
    assert judged(tmp_path, pairwise_combinations()) == []


@pytest.mark.full
@pytest.mark.timeout(1800)
def test_every_combination_of_options_makes_manifests_without_complaint(tmp_path: Path) -> None:
    assert judged(tmp_path, all_combinations()) == []


def test_the_jsonnet_template_makes_manifests_without_complaint(tmp_path: Path) -> None:
    action = ACTIONS["deploy-service-jsonnet"]
    inputs = checked_inputs(action, asked())
    files, kinds = [], set()
    for mesh in ("ambient", "sidecar"):
        made = rendered(action, inputs, platform(mesh=mesh))
        for path in [path for path in made if path.endswith(".jsonnet")]:
            beside = made[path.replace("main.jsonnet", "inputs.json")]
            found = evaluate_jsonnet(path, made[path], beside)
            kinds |= {document["kind"] for document in found}
            files.append(tmp_path / f"{mesh}-{path.replace('/', '-')}.yaml")
            files[-1].write_text(yaml.safe_dump_all(found))
    assert {"Deployment", "Service", "NetworkPolicy", "Application"} <= kinds
    assert complaints(files) == []


def worse(kind: str, change: Callable[[dict[str, Any]], Any]) -> Callable[[list[dict[str, Any]]], None]:
    def applied(found: list[dict[str, Any]]) -> None:
        for document in found:
            if document["kind"] == kind:
                change(document)

    return applied


def pod(document: dict[str, Any]) -> dict[str, Any]:
    spec: dict[str, Any] = document["spec"]["template"]["spec"]
    return spec


WORSE = {
    "a privileged container": (
        "baseline",
        worse("Deployment", lambda d: pod(d)["containers"][0]["securityContext"].update(privileged=True)),
    ),
    "the network of the host": ("baseline", worse("Deployment", lambda d: pod(d).update(hostNetwork=True))),
    "a folder of the host": (
        "baseline",
        worse("Deployment", lambda d: pod(d)["volumes"].append({"name": "h", "hostPath": {"path": "/"}})),
    ),
    "a user that may be root": (
        "restricted",
        worse("Deployment", lambda d: pod(d)["containers"][0]["securityContext"].update(runAsNonRoot=False)),
    ),
    "capabilities kept": (
        "restricted",
        worse("Deployment", lambda d: pod(d)["containers"][0]["securityContext"].pop("capabilities")),
    ),
    "a root file system that can be written": (
        "trivy",
        worse(
            "Deployment",
            lambda d: pod(d)["containers"][0]["securityContext"].update(readOnlyRootFilesystem=False),
        ),
    ),
    "a misspelt field": ("kubernetes", worse("Deployment", lambda d: pod(d).update(containerz=[]))),
    "a port that is text": (
        "kubernetes",
        worse("NetworkPolicy", lambda d: d["spec"].update(policyTypes="Ingress")),
    ),
    "an application without a project": ("schema", worse("Application", lambda d: d["spec"].pop("project"))),
    "a monitor without endpoints": ("schema", worse("ServiceMonitor", lambda d: d["spec"].pop("endpoints"))),
    "a mode of authentication that there is not": (
        "schema",
        worse("PeerAuthentication", lambda d: d["spec"]["mtls"].update(mode="SOMETIMES")),
    ),
}


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("good")
    inputs = asked(database="postgresql", exposure="public", environments=["production"])
    files = manifests(folder, inputs, platform(), "good")
    return [document for file in files for document in documents(file.read_text())]


def test_a_worse_template_fails_the_judge_that_it_is_worse_for(
    good: list[dict[str, Any]], tmp_path: Path
) -> None:
    files = {}
    for number, (name, (_, change)) in enumerate(WORSE.items()):
        found = copy.deepcopy(good)
        change(found)
        files[name] = tmp_path / f"{number}.yaml"
        files[name].write_text(yaml.safe_dump_all(found))
    said = complaints(list(files.values()))
    judges = {name: {c.judge for c in said if c.file == file.name} for name, file in files.items()}
    assert {name: judge for name, (judge, _) in WORSE.items() if judge not in judges[name]} == {}


def injected(deployment: dict[str, Any], *, with_cni: bool) -> dict[str, Any]:
    """The pod as Istio's webhook changes it: its proxy, and what prepares the network.

    After https://istio.io/latest/docs/setup/additional-setup/pod-security-admission and the containers that
    Istio 1.24 adds: with the CNI plugin the init container only looks whether the network is prepared.
    """
    deployment = copy.deepcopy(deployment)
    context = {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "privileged": False,
        "readOnlyRootFilesystem": True,
        "runAsGroup": 1337,
        "runAsNonRoot": True,
        "runAsUser": 1337,
    }
    prepares = {
        **context,
        "capabilities": {"add": ["NET_ADMIN", "NET_RAW"], "drop": ["ALL"]},
        "readOnlyRootFilesystem": False,
        "runAsGroup": 0,
        "runAsNonRoot": False,
        "runAsUser": 0,
    }
    common = {
        "image": "docker.io/istio/proxyv2:1.24.0",
        "resources": {"limits": {"cpu": "2", "memory": "1Gi"}},
    }
    pod(deployment)["initContainers"] = [
        {**common, "name": "istio-validation", "securityContext": context}
        if with_cni
        else {**common, "name": "istio-init", "securityContext": prepares}
    ]
    pod(deployment)["containers"].append({**common, "name": "istio-proxy", "securityContext": context})
    return deployment


@pytest.mark.parametrize("with_cni", [True, False])
def test_an_injected_pod_passes_baseline_with_the_cni_plugin_only(
    good: list[dict[str, Any]], tmp_path: Path, with_cni: bool
) -> None:
    deployment = next(document for document in good if document["kind"] == "Deployment")
    file = tmp_path / "injected.yaml"
    file.write_text(yaml.safe_dump(injected(deployment, with_cni=with_cni)))
    against_baseline = [c for c in complaints([file]) if c.judge == "baseline"]
    assert bool(against_baseline) is not with_cni

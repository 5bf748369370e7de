"""Independent judges of manifests: kubectl, the Kubernetes schemas, models of custom resources, Pod Security
Standards, Trivy."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

ROOT = Path(__file__).parents[2]
NODE_MODULES = ROOT / "tests/node/node_modules"
KUBECTL = Path(sys.executable).with_name("kubectl")
TRIVY = Path(sys.executable).with_name("trivy")
_FILES_AT_ONCE = 200

# What judges say that is meant to be so.
EXPLAINED = {
    # Which claims there are is the platform's own business: its composite resource definition says so.
    "no schema for database.platform.example/v1alpha1",
    # Which registries are trusted is a rule of the organisation (`actions.policy.registries`); Trivy knows
    # only those of large clouds.
    "KSV-0125",
}


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a judge dislikes."""

    judge: str
    file: str
    text: str


def written(files: Mapping[str, str], folder: Path) -> Path:
    """The rendered files below a folder."""
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return folder


def built(overlay: Path) -> str:
    """What Argo CD would apply of an overlay.

    Raises
    ------
    AssertionError : kustomize refuses it.
    """
    run = subprocess.run([KUBECTL, "kustomize", overlay], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout


def documents(text: str) -> list[dict[str, Any]]:
    """The documents of a YAML text."""
    return [document for document in yaml.safe_load_all(text) if document]


def complaints(files: Sequence[Path]) -> list[Complaint]:
    """What all judges say of files with manifests, but for what is explained."""
    found = [*_core(files), *_custom(files), *_trivy(files)]
    return [c for c in found if not any(known in c.text for known in EXPLAINED)]


def _core(files: Sequence[Path]) -> Iterator[Complaint]:
    said: dict[str, str] = {}
    for file in files:
        for document in documents(file.read_text()):
            text = json.dumps(document, sort_keys=True)
            if text not in said:
                said[text] = _schema_error(document)
            if said[text]:
                yield Complaint("kubernetes", file.name, f"{document['kind']}: {said[text]}")


def _schema_error(document: dict[str, Any]) -> str:
    try:
        kubernetes_validate.validate(document, "1.37", strict=True)
    except kubernetes_validate.ValidationError as error:
        return str(error.message)
    except kubernetes_validate.SchemaNotFoundError:
        pass  # a custom resource: see `_custom`
    return ""


def _custom(files: Sequence[Path]) -> Iterator[Complaint]:
    if not NODE_MODULES.is_dir():
        pytest.fail("tests/node has no packages: run `make tests/node/node_modules/.installed`")
    for start in range(0, len(files), _FILES_AT_ONCE):
        command = ["node", "tests/node/manifests.mjs", *map(str, files[start : start + _FILES_AT_ONCE])]
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        for said in map(json.loads, run.stdout.splitlines()):
            yield Complaint(said["check"], Path(said["file"]).name, f"{said['kind']}: {said['message']}")


def _trivy(files: Sequence[Path]) -> Iterator[Complaint]:
    folders = {file.parent for file in files}
    for folder in folders:
        command = [TRIVY, "config", "--skip-check-update", "--skip-version-check", "-q", "-f", "json", folder]
        run = subprocess.run(command, capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        for result in json.loads(run.stdout).get("Results", []):
            for finding in result.get("Misconfigurations", []):
                if finding["Severity"] != "LOW":
                    yield Complaint("trivy", result["Target"], f"{finding['ID']} {finding['Message']}")

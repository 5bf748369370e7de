"""What of GitHub counts as what: the rules of a source, from its configuration."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, Field

from collectors.issue_rules import IssueRules
from collectors.rest_items import Item
from collectors.ticket_rules import Names, Words
from warehouse.names import any_matches
from warehouse.records import Via


class WorkflowRule(BaseModel):
    """Jobs of workflows that deploy. The first rule that fits a job decides."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    workflow: Names = Field(
        (), description="Name of the workflow or path of its file, or a list of them; empty: any."
    )
    job: Names = Field(description="Name of the job; a name or pattern, or a list of them.")
    environment: str = Field(description="Environment that it deploys to.")

    def fits(self, run: Item, job: str) -> bool:
        """Whether a job of a run deploys by this rule."""
        names = [str(run.get(name) or "") for name in ("name", "path")]
        is_workflow = not self.workflow or any(any_matches(self.workflow, name) for name in names)
        return is_workflow and any_matches(self.job, job)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules(IssueRules):
    """The rules by which an item is read; see the keys of `collectors.github.config.Config`."""

    web: str = "https://github.com"
    deployment_workflows: tuple[WorkflowRule, ...] = ()
    golden_path_workflows: Names = ()
    failure_reached_production: bool | None = None
    keep_jobs: bool = False
    release_environment: str = "production"
    prereleases: bool = False
    severity_labels: Mapping[str, str] = field(default_factory=dict)

    def via(self, run: Item) -> Via:
        """How a workflow deploys: it is the golden path, or calls it; or it is a pipeline of its own."""
        names = [str(run.get("name") or ""), str(run.get("path") or ""), *run["called"]]
        is_golden = any(any_matches(self.golden_path_workflows, name) for name in names)
        return "golden_path" if is_golden else "pipeline"

    def environment_of(self, run: Item, job: str) -> str | None:
        """Where a job of a run deploys to; ``None``: nowhere."""
        return next((rule.environment for rule in self.deployment_workflows if rule.fits(run, job)), None)

    def severity_of(self, labels: Sequence[str]) -> str | None:
        """The severity that a label states."""
        return next((self.severity_labels[label] for label in labels if label in self.severity_labels), None)

    def words_of(self, issue: Item, scope: str) -> Words:
        types = [issue["type"]] if issue["type"] else []
        return {"project": [scope], "issue_type": types, "label": issue["labels"]}

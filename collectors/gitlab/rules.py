"""What of GitLab counts as what: the rules of a source, from its configuration."""

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from collectors.issue_rules import IssueRules
from collectors.rest_items import Item
from collectors.ticket_rules import Names, Words
from warehouse.names import any_matches
from warehouse.records import Via


class DeploymentJob(BaseModel):
    """Jobs that deploy, where a project uses no environments of GitLab."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    job: Names = Field(description="Name of the job; a name or pattern, or a list of them.")
    environment: str = Field(description="Environment that it deploys to.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules(IssueRules):
    """The rules by which an item is read; see the keys of `collectors.gitlab.config.Config`."""

    web: str = "https://gitlab.com"
    by_tier: bool = False
    keep_jobs: bool = False
    failure_reached_production: bool | None = None
    deployment_jobs: tuple[DeploymentJob, ...] = ()
    golden_path_jobs: Names = ()

    def via(self, job: str | None) -> Via | None:
        """How a deployment came: by a job of the golden path, by another job, or nobody knows."""
        if job is None:
            return None
        return "golden_path" if any_matches(self.golden_path_jobs, job) else "pipeline"

    def environment_of(self, job: str) -> str | None:
        """The environment that a job deploys to by rule."""
        return next((r.environment for r in self.deployment_jobs if any_matches(r.job, job)), None)

    def words_of(self, issue: Item, scope: str) -> Words:
        return {"project": [scope], "issue_type": [issue["issue_type"]], "label": issue["labels"]}

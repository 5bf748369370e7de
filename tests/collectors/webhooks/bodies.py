"""What senders send, shortened to what matters here; people, addresses and tokens are seeded in it."""

from typing import Any

SHA = "279484c09fbe69ededfced8c1bb6e6d24616b468"
SEEDED = ("octo-jane", "jane@example.com", "Jane Seeded", "ghp_seededseededseeded1", "it broke because")
PERSON = {"login": "octo-jane", "email": "jane@example.com", "name": "Jane Seeded", "type": "User", "id": 7}
REPOSITORY = {"id": 1, "full_name": "acme/shop", "html_url": "https://github.com/acme/shop", "owner": PERSON}


def github_status(state: str, at: str, environment: str = "production") -> dict[str, Any]:
    return {
        "action": "created",
        "deployment": {
            "id": 42,
            "sha": SHA,
            "task": "deploy",
            "environment": environment,
            "description": "it broke because",
            "payload": {"note": "ghp_seededseededseeded1"},
            "creator": PERSON,
            "created_at": "2026-03-01T10:00:00Z",
        },
        "deployment_status": {
            "id": 1,
            "state": state,
            "environment": environment,
            "log_url": "https://github.com/acme/shop/actions/runs/9",
            "created_at": at,
        },
        "repository": REPOSITORY,
        "sender": PERSON,
    }


def github_pull(action: str, at: str, **pull: Any) -> dict[str, Any]:
    own = {
        "number": 17,
        "title": "it broke because",
        "html_url": "https://github.com/acme/shop/pull/17",
        "user": PERSON,
        "draft": False,
        "head": {"label": "octo-jane:fix", "ref": "fix"},
        "created_at": "2026-03-01T09:00:00Z",
        "updated_at": at,
        "merged_at": None,
        "closed_at": None,
        "merge_commit_sha": SHA,
    }
    return {"action": action, "pull_request": own | pull, "repository": REPOSITORY, "sender": PERSON}


def gitlab_deployment(status: str, at: str) -> dict[str, Any]:
    return {
        "object_kind": "deployment",
        "status": status,
        "status_changed_at": at,
        "deployment_id": 15,
        "deployable_url": "https://gitlab.example.com/acme/shop/-/jobs/796",
        "environment": "production",
        "project": {"id": 30, "path_with_namespace": "acme/shop"},
        "short_sha": SHA[:8],
        "commit_url": f"https://gitlab.example.com/acme/shop/-/commit/{SHA}",
        "commit_title": "it broke because",
        "user": {"id": 7, "name": "Jane Seeded", "username": "octo-jane", "email": "jane@example.com"},
    }


def pagerduty(event_type: str, at: str, event_id: str = "E1", status: str = "triggered") -> dict[str, Any]:
    return {
        "event": {
            "id": event_id,
            "event_type": event_type,
            "resource_type": "incident",
            "occurred_at": at,
            "agent": {"id": "PJANE", "type": "user_reference", "summary": "Jane Seeded"},
            "data": {
                "id": "PINC1",
                "summary": "[#1] it broke because",
                "type": "incident",
                "title": "it broke because",
                "status": status,
                "urgency": "high",
                "priority": None,
                "created_at": "2026-03-01T10:05:00Z",
                "html_url": "https://acme.pagerduty.com/incidents/PINC1",
                "service": {"id": "PCHECKOUT", "type": "service_reference", "summary": "Checkout"},
                "assignees": [{"id": "PJANE", "type": "user_reference", "summary": "Jane Seeded"}],
            },
        }
    }


def alert(status: str, starts: str, ends: str = "0001-01-01T00:00:00Z", **labels: str) -> dict[str, Any]:
    return {
        "status": status,
        "labels": {"alertname": "Down", "service": "checkout", "severity": "critical", **labels},
        "annotations": {
            "summary": "it broke because",
            "description": "it broke because",
            "owner": "jane@example.com",
        },
        "startsAt": starts,
        "endsAt": ends,
        "generatorURL": "http://prometheus.example.com/graph",
        "fingerprint": "229cbcae51caeb1e",
    }


def alertmanager(*alerts: dict[str, Any]) -> dict[str, Any]:
    return {"version": "4", "status": "firing", "receiver": "payoff", "alerts": list(alerts)}


def cdevent(kind: str, at: str, subject: str, content: Any, event_id: str = "e-1") -> dict[str, Any]:
    context = {
        "specversion": "0.5.0",
        "id": event_id,
        "source": "/ci/main",
        "type": f"dev.cdevents.{kind}",
        "timestamp": at,
    }
    return {"context": context, "subject": {"id": subject, "content": content}}

"""The rule by which commits stand in for pull requests, written once for linking and facts."""

from importlib.resources import files


def derived_changes_sql() -> str:
    """A SELECT of the changes of repositories without pull requests: each commit that is no merge.

    Columns: change_id (``<repo_id>@<sha>``), service_id, repo_id, merge_sha, first_commit_at (authored),
    first_committed_at, merged_at (always NULL: nobody merged it), author, url (always NULL).
    Grain: change_id, service_id.
    """
    return files(__package__).joinpath("derived_changes.sql").read_text()

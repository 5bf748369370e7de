"""What to say when a source refuses a request for good: which token, which right, which name."""

from collectors.errors import CredentialsError, FatalError, RefusedError, RightError


def refusal(source: str, variable: str, status: int, what: str, right: str) -> FatalError:
    """The error for an answer of 4xx; ``right`` is what the token must be allowed, where that is known."""
    token, needed = token_in(variable), right or "read access to this"
    if status == 401:
        return CredentialsError(
            f"{source}: 401 for {what}: {token} is missing, wrong or expired; it needs {needed}."
        )
    if status == 403:
        return RightError(
            f"{source}: 403 for {what}: {token} lacks a right: it needs {needed}. Give it that, or leave "
            "this out of the configuration."
        )
    return RefusedError(
        f"{source}: {status} for {what}. Check its name in the configuration, and that the token "
        "can see it (many sources say 404 for what a token may not see)."
    )


def token_in(variable: str) -> str:
    """The token in words, with the environment variable that holds it."""
    return f"the token in ${{{variable}}}" if variable else "the token"

"""The server behind a repository: how git is let in without showing a secret, and what its refusals mean."""

import base64
import os
import re
import shlex
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from actions.errors import TransportError

_USER_INFO = re.compile(r"(?<=://)[^/@\s]+@")
_REMEDIES = (
    (
        ("authentication failed", "could not read username", "permission denied", "error: 403", "error: 401"),
        "Access was refused. Check the credentials and that they may push.",
    ),
    (
        ("could not resolve", "unable to access", "connection refused", "timed out", "could not connect"),
        "The server cannot be reached. Check `actions.repository.url` and the network, and ask again.",
    ),
    (
        ("not found", "does not exist", "does not appear to be", "not a git repository"),
        "There is no repository there. Check `actions.repository.url`.",
    ),
    (
        ("protected", "pre-receive hook", "hook declined"),
        "The branch is protected. Use `mode: pull_request`.",
    ),
)


def without_user(text: str) -> str:
    """The text without what stands before the host in an address, which may be a secret."""
    return _USER_INFO.sub("", text)


def access(url: str, ssh_key: Path | None, known_hosts: Path | None) -> tuple[str, dict[str, str]]:
    """The address and the environment for git: no credentials on a command line, no questions asked."""
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C"}
    options = ["ssh", "-o", "BatchMode=yes"]
    options += ["-i", str(ssh_key), "-o", "IdentitiesOnly=yes"] if ssh_key else []
    options += ["-o", f"UserKnownHostsFile={known_hosts}"] if known_hosts else []
    environment["GIT_SSH_COMMAND"] = shlex.join(options)
    if "://" not in url and Path(url).expanduser().exists():
        return Path(url).expanduser().resolve().as_uri(), environment
    parts = urlsplit(url)
    if parts.scheme in ("http", "https") and "@" in parts.netloc:
        user, host = parts.netloc.rsplit("@", 1)
        secret = base64.b64encode(unquote(user).encode()).decode()
        environment |= {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "http.extraHeader",
            "GIT_CONFIG_VALUE_0": f"Authorization: Basic {secret}",
        }
        url = urlunsplit(parts._replace(netloc=host))
    return url, environment


def failure(shown_url: str, what: str, said: str) -> TransportError:
    """The error for what git said, with a remedy and without credentials."""
    text = without_user(said)
    remedy = next((words for signs, words in _REMEDIES if any(s in text.lower() for s in signs)), "")
    line = next((x.strip() for x in reversed(text.splitlines()) if x.strip()), "no reason given")
    remedy = remedy or "Nothing was changed; ask again."
    error = TransportError(f"{shown_url}: git {what} failed: {line}. {remedy}")
    error.__cause__ = RuntimeError(text)
    return error

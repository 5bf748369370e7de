"""What Streamlit's login is told of the provider: handed over in memory, nothing is written into a file.

Only the secret of the cookies is kept, in ``login.key`` of the storage folder, where none is configured.
"""

import secrets
import warnings
from typing import Any

from streamlit import config

from service.care.pseudonyms import write_private
from service.configuration.sections import Settings
from service.login.config import CALLBACK, Login, Oidc

KEY_FILE = "login.key"
# Said once by Authlib at the first login, to those who develop with it; httpx works.
warnings.filterwarnings("ignore", message="The httpx module is deprecated")


def provider_secrets(settings: Settings) -> dict[str, Any]:
    """The section ``auth`` as `st.login` reads it; empty where people do not log in with a provider."""
    oidc = settings.login.oidc
    if settings.login.kind != "oidc" or oidc is None:
        return {}
    return {
        "auth": {
            "redirect_uri": f"{oidc.public_url}{CALLBACK}",
            "cookie_secret": cookie_secret(settings, oidc),
            "client_id": str(oidc.client_id),
            "client_secret": oidc.client_secret.get_secret_value(),
            "server_metadata_url": str(oidc.metadata),
            "client_kwargs": {"scope": " ".join(oidc.scopes), "prompt": oidc.prompt},
        }
    }


def bind_sessions(login: Login) -> None:
    """Let Streamlit tie a session to whom the proxy names, so that nobody else can resume it by its number.

    It does so by itself for those who log in with a provider. Call it when the application has started: an
    option that is set before keeps Streamlit from reading the file of options beside the script.
    """
    if login.kind == "proxy" and login.proxy:
        config.set_option("server.trustedUserHeaders", {str(login.proxy.user_header): "named_by_proxy"})


def cookie_secret(settings: Settings, oidc: Oidc) -> str:
    """What cookies are signed with: as configured, or made once and kept where nobody else may read."""
    if oidc.cookie_secret is not None:
        return oidc.cookie_secret.get_secret_value()
    path = settings.storage.directory / KEY_FILE
    if not path.exists():
        write_private(path, secrets.token_hex(32))
    return path.read_text(encoding="utf-8").strip()

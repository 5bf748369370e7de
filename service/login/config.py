"""The part of the configuration that the login owns: how people log in, and which role they get."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, field_validator, model_validator

from dashboards.access.roles import Role
from dashboards.access.visitor import Kind
from warehouse.config import Section
from warehouse.names import NameField

_HERE = ("127.0.0.1", "localhost", "::1")
_WELL_KNOWN = "/.well-known/openid-configuration"
CALLBACK = "/oauth2callback"


def secure_url(url: str) -> str:
    """The address without a slash at its end.

    Raises
    ------
    ValueError : what goes there could be read on the way.
    """
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return url.rstrip("/")
    if parts.scheme == "http" and parts.hostname in _HERE:
        return url.rstrip("/")
    raise ValueError("should begin with https://; plain http:// is for this machine only")


SecureUrl = Annotated[str, AfterValidator(secure_url)]


class Roles(Section):
    """Which groups have which role. Exact names, case matters, or anchored patterns between slashes."""

    viewer: tuple[NameField, ...] = Field(default=(), description="Groups that read all pages.")
    platform: tuple[NameField, ...] = Field(default=(), description="Groups that also deploy and set goals.")
    admin: tuple[NameField, ...] = Field(
        default=(), description="Groups that also edit the ledger and read the audit."
    )


class Oidc(Section):
    """An OpenID Connect provider: Keycloak, Entra ID, Okta, Google, …"""

    issuer: SecureUrl = Field(description="The provider, as its tokens name it in `iss`.")
    metadata_url: SecureUrl | None = Field(
        default=None, description=f"Its metadata; empty: {_WELL_KNOWN} below the issuer."
    )
    client_id: str = Field(min_length=1, description="What the provider calls Payoff.")
    client_secret: SecretStr = Field(description="Secret of the client, as ${VARIABLE} or ${file:PATH}.")
    public_url: SecureUrl = Field(
        description=f"Address of the dashboard in browsers, without a path. Register it with {CALLBACK} "
        "behind it at the provider: where people come back to after the login and after the logout."
    )
    cookie_secret: SecretStr | None = Field(
        default=None,
        min_length=32,
        description="What the cookies of a login are signed with, at least 32 characters, as ${VARIABLE} or "
        "${file:PATH}; empty: made on first use and kept in the storage folder. Another one ends all logins.",
    )
    scopes: tuple[str, ...] = Field(
        default=("openid", "profile", "email"), description="What the provider is asked for."
    )
    prompt: Literal["select_account", "login", "consent"] = Field(
        default="select_account",
        description="What the provider asks at each login; `login` where it knows no `select_account`.",
    )
    roles_claim: str = Field(
        default="groups",
        min_length=1,
        description="Claim of the ID token that holds a person's groups; dots lead into objects, as in "
        "realm_access.roles.",
    )
    person_claim: str = Field(
        default="sub",
        min_length=1,
        description="Claim that a person's pseudonym is made of. email makes them the same person as in "
        "other tools; take one that people cannot change themselves.",
    )
    session_hours: float = Field(
        default=12, gt=0, le=720, description="A login ends so many hours after it began."
    )
    api_audience: str | None = Field(
        default=None,
        min_length=1,
        description="Access tokens of the provider for this audience (`aud`) may ask the API, with the "
        "scopes of their role; empty: none may.",
    )

    @field_validator("public_url")
    @classmethod
    def _has_no_path(cls, url: str) -> str:
        if urlsplit(url).path or urlsplit(url).query:
            raise ValueError("should be an address without a path, such as https://payoff.example.com")
        return url

    @field_validator("scopes")
    @classmethod
    def _asks_for_a_login(cls, scopes: tuple[str, ...]) -> tuple[str, ...]:
        if "openid" not in scopes:
            raise ValueError("should have openid among them; without it there is no login")
        return scopes

    @property
    def metadata(self) -> str:
        """Where the provider describes itself."""
        return self.metadata_url or f"{self.issuer}{_WELL_KNOWN}"


class Proxy(Section):
    """A proxy in front that has logged people in and names them in headers."""

    user_header: str = Field(default="X-Forwarded-User", min_length=1, description="Header with the user.")
    groups_header: str = Field(
        default="X-Forwarded-Groups", min_length=1, description="Header with the user's groups."
    )
    separator: str = Field(default=",", min_length=1, description="What stands between two groups.")
    trusted: tuple[str, ...] = Field(
        min_length=1,
        description="Addresses or networks of the proxy, such as 127.0.0.1 or 10.0.3.0/28. From anywhere "
        "else the headers mean nothing. The proxy must replace them in what its clients send.",
    )
    session_hours: float = Field(
        default=12,
        gt=0,
        le=720,
        description="A page that is open for so many hours must be loaded anew, past the proxy.",
    )
    logout_url: str = Field(
        default="", description="Where the proxy ends a login, such as /oauth2/sign_out; empty: not offered."
    )

    @field_validator("trusted")
    @classmethod
    def _are_networks(cls, trusted: tuple[str, ...]) -> tuple[str, ...]:
        for text in trusted:
            try:
                network = ip_network(text, strict=False)
            except ValueError as error:
                raise ValueError(
                    f"{text} is no address or network, such as 10.0.3.7 or 10.0.3.0/28"
                ) from error
            if network.prefixlen == 0:
                raise ValueError(f"{text} trusts everybody; name the addresses of the proxy")
        return trusted

    @field_validator("logout_url")
    @classmethod
    def _leads_nowhere_else(cls, url: str) -> str:
        if url and not (url.startswith("/") and not url.startswith("//")):
            secure_url(url)
        return url

    @property
    def networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """What is trusted."""
        return tuple(ip_network(text, strict=False) for text in self.trusted)


class Login(Section):
    """How people log in to the dashboard. Without a login it listens on this machine only."""

    kind: Kind = Field(
        default="none",
        description="`none`: this machine only; `oidc`: by a provider; `proxy`: by a proxy in front.",
    )
    roles: Roles = Field(default=Roles(), description="Which groups have which role.")
    default_role: Role | None = Field(
        default=None, description="Role of who is logged in and in none of those groups; empty: none, denied."
    )
    oidc: Oidc | None = Field(default=None, description="The provider, for kind `oidc`.")
    proxy: Proxy | None = Field(default=None, description="The proxy, for kind `proxy`.")

    @property
    def is_secure(self) -> bool:
        """Whether browsers come by https, so that cookies may ask for it."""
        return self.kind == "oidc" and self.oidc is not None and self.oidc.public_url.startswith("https://")

    @model_validator(mode="after")
    def _is_whole(self) -> "Login":
        if self.kind != "none" and getattr(self, self.kind) is None:
            raise ValueError(f"is of kind {self.kind} and has no `{self.kind}`; describe it there")
        named = (self.roles.viewer, self.roles.platform, self.roles.admin)
        if self.kind != "none" and not any(named) and self.default_role is None:
            raise ValueError("gives nobody a role; name groups in `roles`, or set `default_role`")
        return self

"""The rules of the organisation, applied to a request before anything is done."""

import subprocess
from collections.abc import Iterator, Mapping
from typing import Any

from actions.config import Platform, Policy
from actions.errors import PolicyError

_SIGNATURE_SECONDS = 60


def check_policy(inputs: Mapping[str, Any], policy: Policy, platform: Platform) -> None:
    """Refuse what is not allowed; rules about inputs that an action does not have are passed over.

    Raises
    ------
    PolicyError : with every reason.
    """
    reasons = [*_registry(inputs, policy), *_places(inputs, policy), *_exposure(inputs, policy, platform)]
    if not reasons:
        reasons = list(_signature(inputs, policy))
    if reasons:
        raise PolicyError(reasons)


def _registry(inputs: Mapping[str, Any], policy: Policy) -> Iterator[str]:
    image = inputs.get("image")
    if image and policy.registries and not any(_is_below(image, start) for start in policy.registries):
        yield f"Images come from {', '.join(policy.registries)}; {image.split('@')[0]} does not."


def _is_below(image: str, start: str) -> bool:
    """Whole parts only: registry.example.com does not allow registry.example.com.evil.net."""
    return image.startswith(start.rstrip("/") + "/")


def _places(inputs: Mapping[str, Any], policy: Policy) -> Iterator[str]:
    size = inputs.get("size")
    for environment in inputs.get("environments", ()):
        if environment not in policy.environments:
            yield f"There is no environment {environment}; there are: {', '.join(policy.environments)}."
        allowed = policy.sizes.get(environment)
        if size and allowed is not None and size not in allowed:
            yield f"Size {size} is not allowed in {environment}; allowed: {', '.join(allowed) or 'none'}."


def _exposure(inputs: Mapping[str, Any], policy: Policy, platform: Platform) -> Iterator[str]:
    exposure, tier = inputs.get("exposure"), inputs.get("tier", "")
    allowed = policy.exposures.get(tier)
    if exposure and allowed is not None and exposure not in allowed:
        yield f"Services of tier {tier} may not be {exposure}; allowed: {', '.join(allowed) or 'none'}."
    if exposure == "public" and not platform.gateway.domain:
        yield "Nothing can be public here: the platform has no domain (`actions.platform.gateway.domain`)."


def _signature(inputs: Mapping[str, Any], policy: Policy) -> Iterator[str]:
    image = inputs.get("image")
    if not image or not policy.signature_command:
        return
    command = [part.replace("{image}", image) for part in policy.signature_command]
    try:
        run = subprocess.run(command, capture_output=True, timeout=_SIGNATURE_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        yield (
            f"The signature of {image} could not be checked ({type(error).__name__}: {command[0]}), and "
            "unsigned images are not allowed. The platform team mends `actions.policy.signature_command`."
        )
        return
    if run.returncode != 0:
        yield f"{image} is not signed as the organisation demands. Sign it and ask again."

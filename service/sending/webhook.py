"""JSON to a webhook as Slack takes it. The address is a secret by itself, so no error quotes it."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from email.message import Message
from http.client import HTTPException
from typing import Any

from service.sending.errors import PassingError, SendingError, UnclearError

_SECONDS = 10
_PASSING = (408, 425, 429)
# A gateway in between answers so when it has handed the message on and heard nothing good of it.
_UNCLEAR = (502, 504)
_LONGEST_WAIT = 60.0


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirected POST would arrive as a GET at a page that says 200, and nothing was posted."""

    def redirect_request(self, *_: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirect)


def post(name: str, url: str, body: Mapping[str, Any]) -> None:
    """Post a JSON body; ``name`` is what errors call the webhook.

    Raises
    ------
    PassingError : it cannot be reached, is too busy (429) or broken (5xx).
    UnclearError : it was sent, and no answer came, or that of a gateway in between.
    SendingError : it was refused.
    """
    content = json.dumps(body, ensure_ascii=False).encode()
    request = urllib.request.Request(url, content, {"Content-Type": "application/json; charset=utf-8"})  # noqa: S310  the configuration takes http and https only
    try:
        # Its head says that it was taken; what follows tells nothing more and may break.
        _opener.open(request, timeout=_SECONDS).close()
    except urllib.error.HTTPError as error:
        with error:
            raise _refusal(name, error.code, error.headers) from None
    except urllib.error.URLError as error:
        kind = type(error.reason).__name__
        raise PassingError(f"{name} cannot be reached ({kind})") from None
    except (OSError, HTTPException) as error:
        raise UnclearError(f"{name} gave no answer ({type(error).__name__})") from None
    except ValueError as error:
        raise SendingError(f"{name} is no address ({type(error).__name__})") from None


def _refusal(name: str, code: int, headers: Message) -> SendingError:
    if code in _UNCLEAR:
        return UnclearError(f"{name} answered {code}, which a gateway does, so it may have arrived")
    if code in _PASSING or code >= 500:
        asked = str(headers.get("Retry-After", ""))
        wait = min(float(asked), _LONGEST_WAIT) if asked.isdecimal() else 0
        return PassingError(f"{name} answered {code}", wait)
    return SendingError(f"{name} answered {code}; check it")

"""What a videos server's refusals mean, as errors of our own tree: by status, by code, never by the words of a message.

Codes are those of OpenAI's videos API and of the servers that follow it; FastAPI's `detail` is read too. What a server
says is untrusted text: it is cut short, and printed only through `shorten`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from vidgen_assets.clips.errors import CapacityError, InputError, PolicyError, TransientError, VidgenError, shorten

_LONGEST_MESSAGE = 300
_POLICY_CODES = ("content_policy", "moderation", "content_filter", "safety", "responsible_ai", "blocked_prompt")
_QUOTA_CODES = ("insufficient_quota", "quota_exceeded", "billing", "budget", "credits", "payment_required")
_INPUT_CODES = ("invalid_request", "invalid_prompt", "invalid_image", "invalid_value", "invalid_input", "bad_request")
_INPUT_NUMBERS = ("400", "413", "415", "422")


class Throttled(TransientError):
    """The server is busy, or down for a moment; `retry_after_s` is when it said to come back, if it said so."""

    def __init__(self, found: str, retry_after_s: float | None = None, **fields: Any) -> None:
        super().__init__(found, **fields)
        self.retry_after_s = retry_after_s


class EndpointMisconfigured(CapacityError):
    """The server doesn't serve this deployment as the release says: key, model or address are wrong.

    Of kind capacity, since that is the one that is neither remembered as the clip's fault, as a permanent error would
    be under its work key, nor tried again at once, as a transient one would be: an expired key dooms no catalog, and
    once it's replaced the retry schedule makes the clips.
    """


@dataclass(frozen=True, slots=True)
class Said:
    """What a server said in an error document: a code, a message, the field it is about."""

    code: str = ""
    message: str = ""
    field: str | None = None

    @classmethod
    def of_error(cls, error: Any) -> "Said":
        """From the `error` of a job or of a response: an object with code and message, or a string."""
        if not isinstance(error, dict):
            return cls(message=str(error or ""))
        code = error.get("code") or error.get("type") or ""
        field = error.get("param")
        return cls(str(code).lower(), str(error.get("message") or ""), str(field) if field else None)

    @classmethod
    def of_body(cls, body: bytes) -> "Said":
        """From a response's body; a page of HTML says nothing."""
        try:
            document = json.loads(body)
        except (ValueError, RecursionError):
            return cls()
        if not isinstance(document, dict):
            return cls()
        if "error" in document:
            return cls.of_error(document["error"])
        return cls._of_detail(document.get("detail"))

    @classmethod
    def _of_detail(cls, detail: Any) -> "Said":
        """FastAPI's: a string, or a list of faults with the place each was found at."""
        if isinstance(detail, list) and detail and isinstance(detail[0], dict):
            place = [str(part) for part in detail[0].get("loc") or () if part != "body"]
            return cls(message=str(detail[0].get("msg") or ""), field=".".join(place) or None)
        return cls.of_error(detail)

    def in_words(self) -> str:
        return f": {shorten(self.message, _LONGEST_MESSAGE)}" if self.message else ""

    def is_about(self, codes: tuple[str, ...]) -> bool:
        return any(code in self.code for code in codes)


def refusal(status: int, body: bytes, headers: Mapping[str, str], now: datetime) -> VidgenError:
    """The error that a response of this status (not 2xx) amounts to."""
    said = Said.of_body(body)
    found = f"the videos server answered {status}{said.in_words()}"
    if by_code := _by_code(said, found):
        return by_code
    if status in (401, 403):
        return EndpointMisconfigured(
            found,
            field="source.key_variable",
            remedy="Put a valid API key into the variable that the release names, then run again.",
        )
    if status in (404, 405):
        return EndpointMisconfigured(
            found,
            field="source.url, source.model",
            remedy="Serve the release's model at the release's address, or register a release that names what's there.",
        )
    if status == 402:
        return _quota(found)
    if status in (408, 409, 425, 429) or status >= 500:
        remedy = "The server is busy or in trouble; the clip is tried again."
        return Throttled(found, retry_after_s(headers.get("retry-after"), now), field="status", remedy=remedy)
    return _input(said, found, "image" if status in (413, 415) else "prompt")


def job_failure(error: Any) -> VidgenError:
    """The error that a job's `failed` amounts to; one without a telling code is the server's own trouble."""
    said = Said.of_error(error)
    found = f"the job failed at the videos server{f' ({shorten(said.code)})' if said.code else ''}{said.in_words()}"
    if by_code := _by_code(said, found):
        return by_code
    return TransientError(found, field="job", remedy="The clip is tried again; see the server's log for the cause.")


def retry_after_s(header: str | None, now: datetime) -> float | None:
    """Seconds to wait by a `Retry-After` (RFC 9110, section 10.2.3): a count of seconds or an HTTP date."""
    text = (header or "").strip()
    if text.isdecimal() and len(text) <= 9:
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - now).total_seconds()) if text else None
    except (TypeError, ValueError):  # not a date, or one without a time zone
        return None


def _by_code(said: Said, found: str) -> VidgenError | None:
    """Policy first: servers send it with 400 and 403 alike."""
    if said.is_about(_POLICY_CODES):
        remedy = "Rewrite the prompt, or replace the image; the server's policy will not change for it."
        return PolicyError(
            found, field=said.field or "prompt", allowed="what the server's policy allows", remedy=remedy
        )
    if said.is_about(_QUOTA_CODES):
        return _quota(found)
    if said.is_about(_INPUT_CODES) or said.code in _INPUT_NUMBERS:
        return _input(said, found, "prompt")
    return None


def _quota(found: str) -> CapacityError:
    return CapacityError(found, field="quota", remedy="Raise the account's quota or balance at the server's operator.")


def _input(said: Said, found: str, field: str) -> InputError:
    return InputError(found, field=said.field or field, remedy="Change the row so that the server accepts it.")

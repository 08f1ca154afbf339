"""A client of the OpenAI-style videos API, as vLLM-Omni, SGLang and FastVideo serve it: submit, look, fetch, delete.

One call is one request with its retries; what a job's life means is `video_jobs.py`'s, what a refusal means
`videos_refusals.py`'s. Nothing a server says is trusted: sizes are bounded, ids are checked before they stand in a
path, and a redirect is followed to nowhere but the same server.
"""

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import TracebackType
from typing import Any, Self

import httpx2
import stamina

from resources.videos_refusals import EndpointMisconfigured, Throttled, refusal
from vidgen_assets.clips.errors import CapacityError, InputError, TransientError, shorten

_JSON_BYTES = 1 << 20
_VIDEO_BYTES = 512 << 20  # a minute of 1080p at 60 Mbit/s
_JOB_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
_REDIRECTS = 3


class JobStatus(StrEnum):
    QUEUED = "queued"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """A job as the server tells it. `progress` is 0 to 100; many servers leave it at 0 to the end."""

    id: str
    status: JobStatus
    progress: float
    error: Any = None


@dataclass(frozen=True, slots=True)
class Persistence:
    """How long a request is worth waiting for. `longest_pause_s` bounds what a Retry-After may ask for in place."""

    attempts: int = 6
    first_pause_s: float = 0.5
    longest_pause_s: float = 30.0
    jitter_s: float = 1.0
    silence_s: float = 60.0  # the longest wait for a connection, or for the next byte
    request_s: float = 600.0  # the longest a whole answer may take to arrive


class JobGone(InputError):
    """The server doesn't know the job (any more)."""


class VideosApi:
    """One server, through one connection pool: close it, or use it as a context. Safe between threads."""

    def __init__(
        self, url: str, api_key: str | None, *, clock: Callable[[], datetime], persistence: Persistence | None = None
    ) -> None:
        self._base = _base_url(url)
        self._clock = clock
        self._persistence = persistence or Persistence()
        headers = {"Accept-Encoding": "identity"}  # so that a bounded answer can't unpack into an unbounded one
        if api_key:
            headers["Authorization"] = f"Bearer {api_key}"
        self._http = httpx2.Client(headers=headers, timeout=self._persistence.silence_s, follow_redirects=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def submit(self, fields: Mapping[str, str], image: bytes | None, *, idempotency_key: str) -> Job:
        """Begin a job. Asked again after a lost answer, a server that honours the key begins no second one."""
        parts: dict[str, Any] = {name: (None, value) for name, value in fields.items()}
        if image is not None:
            parts["input_reference"] = ("reference", image, _media_type(image))
        headers = {"Idempotency-Key": idempotency_key}
        return _job(self._ask("POST", "", most_bytes=_JSON_BYTES, files=parts, headers=headers))

    def look(self, job_id: str) -> Job:
        """Raises `JobGone` if the server doesn't know it."""
        job = _job(self._ask("GET", f"/{_checked(job_id)}", most_bytes=_JSON_BYTES, is_about_job=True))
        if job.id != job_id:
            raise TransientError(f"asked for job {job_id}, told of another", field="id", value=job.id)
        return job

    def fetch(self, job_id: str) -> bytes:
        """The finished video. Raises `JobGone` if it is no longer kept."""
        return self._ask("GET", f"/{_checked(job_id)}/content", most_bytes=_VIDEO_BYTES, is_about_job=True)

    def delete(self, job_id: str) -> None:
        """Stop and forget the job. Raises `JobGone` if the server doesn't know it."""
        self._ask("DELETE", f"/{_checked(job_id)}", most_bytes=_JSON_BYTES, is_about_job=True)

    def _ask(self, method: str, path: str, *, most_bytes: int, is_about_job: bool = False, **request: Any) -> bytes:
        patience = self._persistence

        def may_come_again(error: Exception) -> bool | float:
            if not isinstance(error, TransientError):
                return False
            return (error.retry_after_s if isinstance(error, Throttled) else None) or True

        def once() -> bytes:
            return self._once(method, f"{self._base}{path}", most_bytes, is_about_job, request)

        caller = stamina.RetryingCaller(
            attempts=patience.attempts,
            timeout=None,
            wait_initial=patience.first_pause_s,
            wait_max=patience.longest_pause_s,
            wait_jitter=patience.jitter_s,
        )
        return caller(may_come_again, once)

    def _once(self, method: str, url: str, most_bytes: int, is_about_job: bool, request: dict[str, Any]) -> bytes:
        try:
            status, body, headers = self._exchange(method, url, most_bytes, request)
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            found = f"the videos server could not be reached or fell silent ({type(error).__name__}: {error})"
            remedy = "Check that the server is up and reachable from here; the clip is tried again."
            raise TransientError(found, field="source.url", value=url, remedy=remedy) from error
        if 200 <= status < 300:
            return body
        if is_about_job and status in (404, 410):
            raise JobGone("the server doesn't know this job", field="job", value=url.rsplit("/videos/", 1)[-1])
        error = refusal(status, body, headers, self._clock())
        if isinstance(error, Throttled) and (error.retry_after_s or 0) > self._persistence.longest_pause_s:
            found = f"{error.found}; it asks to come back in {error.retry_after_s:.0f} s"
            raise CapacityError(found, field="status", remedy="The clip is tried again by the retry schedule.")
        raise error

    def _exchange(
        self, method: str, url: str, most_bytes: int, request: dict[str, Any]
    ) -> tuple[int, bytes, Mapping[str, str]]:
        """Status, body and headers of the answer, after redirects within this server."""
        for _ in range(_REDIRECTS + 1):
            with self._http.stream(method, url, **request) as response:
                if not response.has_redirect_location:
                    return response.status_code, self._read(response, most_bytes), response.headers
                url = self._next_url(method, response)
        raise _wrong_address(f"the videos server redirects more than {_REDIRECTS} times", url)

    def _read(self, response: httpx2.Response, most_bytes: int) -> bytes:
        body, give_up_at = bytearray(), time.monotonic() + self._persistence.request_s
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > most_bytes:
                raise TransientError(
                    "the videos server's answer is too large", field="answer", allowed=f"at most {most_bytes} bytes"
                )
            if time.monotonic() > give_up_at:
                raise TransientError(f"the answer took longer than {self._persistence.request_s:g} s to arrive")
        return bytes(body)

    def _next_url(self, method: str, response: httpx2.Response) -> str:
        """Where a redirect leads. The API key and the customer's prompt go to no other server."""
        here, there = response.url, response.url.join(response.headers["location"])
        if (there.scheme, there.host, there.port) != (here.scheme, here.host, here.port):
            raise _wrong_address("the videos server redirects to another server", str(there))
        if method != "GET":
            raise _wrong_address("the videos server redirects what is not a download", str(there))
        return str(there)


def _base_url(url: str) -> str:
    parsed = httpx2.URL(url)
    if parsed.scheme not in ("http", "https") or not parsed.host or parsed.userinfo:
        raise _wrong_address("a videos server's address is http(s)://HOST/…, without a password", shorten(url))
    return f"{url.rstrip('/')}/videos"


def _wrong_address(found: str, url: str) -> EndpointMisconfigured:
    remedy = "Register a release that names the server's own address, up to and without /videos."
    return EndpointMisconfigured(found, field="source.url", value=url, remedy=remedy)


def _checked(job_id: str) -> str:
    if not _JOB_ID.fullmatch(job_id):
        raise TransientError("the videos server's job id is not one", field="id", value=job_id, allowed=_JOB_ID.pattern)
    return job_id


def _job(body: bytes) -> Job:
    try:
        row = json.loads(body)
        job_id, status = row["id"], JobStatus(row["status"])
        progress = float(row.get("progress") or 0)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        remedy = "Check that the release's address is a videos server's, and not a gateway's page."
        found = f"the videos server's answer is no job ({type(error).__name__})"
        raise TransientError(found, field="answer", value=body[:80], remedy=remedy) from error
    return Job(_checked(str(job_id)), status, progress, row.get("error"))


def _media_type(image: bytes) -> str:
    if image.startswith(b"\x89PNG"):
        return "image/png"
    return "image/webp" if image[8:12] == b"WEBP" else "image/jpeg"

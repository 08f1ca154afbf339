"""A videos server on 127.0.0.1 that keeps the real protocol and misbehaves on request: a stand-in for vLLM-Omni's.

Its videos are real MP4s, rendered beforehand. A test sets what goes wrong, and reads what the server has seen.
"""

import json
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Answer:
    """A response instead of the usual one. Status 0 drops the connection without a word."""

    status: int
    body: bytes | Mapping[str, Any] = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Submission:
    fields: dict[str, bytes]
    headers: dict[str, str]


@dataclass(slots=True)
class _Job:
    id: str
    looks: int = 0
    is_done: bool = False


class VideosServer:
    """Use as a context; `url` is what a release names."""

    def __init__(self, video: bytes) -> None:
        self.looks_until_done = 2
        self.stands_still_at: float | None = None
        self.job_errors: deque[dict[str, Any]] = deque()  # a job each fails with
        self.on_submit: deque[Answer] = deque()  # each answers one request instead
        self.on_look: deque[Answer] = deque()
        self.on_fetch: deque[Answer] = deque()
        self.drops_after_submitting = 0
        self.heeds_idempotency = True
        self.submissions: list[Submission] = []
        self.looks = 0
        self.deleted: list[str] = []
        self.most_in_flight = 0
        self._video = video
        self._jobs: dict[str, _Job] = {}
        self._by_key: dict[str, str] = {}
        self._lock = threading.Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    @property
    def job_count(self) -> int:
        """Jobs ever begun."""
        return len(self._jobs) + len(self.deleted)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def forget_everything(self) -> None:
        """As after a restart without a disk."""
        with self._lock:
            self._jobs.clear()
            self._by_key.clear()

    def submit(self, submission: Submission) -> Answer:
        with self._lock:
            self.submissions.append(submission)
            if self.on_submit:
                return self.on_submit.popleft()
            job = self._job_of(submission.headers.get("idempotency-key", ""))
            self.most_in_flight = max(self.most_in_flight, sum(not other.is_done for other in self._jobs.values()))
            if self.drops_after_submitting:
                self.drops_after_submitting -= 1
                return Answer(0)
            return Answer(200, {"id": job.id, "object": "video", "status": "queued", "progress": 0})

    def look(self, job_id: str) -> Answer:
        with self._lock:
            self.looks += 1
            if self.on_look:
                return self.on_look.popleft()
            job = self._jobs.get(job_id)
            return Answer(200, self._told(job)) if job else _not_found(job_id)

    def fetch(self, job_id: str) -> Answer:
        with self._lock:
            if self.on_fetch:
                return self.on_fetch.popleft()
            if job_id not in self._jobs:
                return _not_found(job_id)
            return Answer(200, self._video, {"Content-Type": "video/mp4"})

    def delete(self, job_id: str) -> Answer:
        with self._lock:
            if self._jobs.pop(job_id, None) is None:
                return _not_found(job_id)
            self.deleted.append(job_id)
            return Answer(200, {"id": job_id, "deleted": True, "object": "video.deleted"})

    def _job_of(self, key: str) -> _Job:
        known = self._by_key.get(key) if self.heeds_idempotency else None
        if known and known in self._jobs:
            return self._jobs[known]
        job = _Job(f"video_gen_{self.job_count + 1:04d}")
        self._jobs[job.id] = job
        self._by_key[key] = job.id
        return job

    def _told(self, job: _Job) -> dict[str, Any]:
        job.looks += 1
        if self.stands_still_at is not None:
            return {"id": job.id, "status": "in_progress", "progress": self.stands_still_at}
        if job.looks < self.looks_until_done:
            return {"id": job.id, "status": "in_progress", "progress": 10 * job.looks}
        job.is_done = True
        if self.job_errors:
            return {"id": job.id, "status": "failed", "progress": 10, "error": self.job_errors.popleft()}
        return {"id": job.id, "status": "completed", "progress": 100, "error": None}


def _not_found(job_id: str) -> Answer:
    return Answer(404, {"detail": f"Video {job_id} not found"})


def _handler(server: VideosServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            self._answer(server.submit(Submission(_form(headers["content-type"], body), headers)))

        def do_GET(self) -> None:
            job_id, _, what = self.path.removeprefix("/v1/videos/").partition("/")
            self._answer(server.fetch(job_id) if what == "content" else server.look(job_id))

        def do_DELETE(self) -> None:
            self._answer(server.delete(self.path.removeprefix("/v1/videos/")))

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: pytest shows what matters."""

        def _answer(self, answer: Answer) -> None:
            if answer.status == 0:
                self.close_connection = True
                return
            body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
            self.send_response(answer.status)
            for name, value in {"Content-Length": str(len(body)), **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    return Handler


def _form(content_type: str, body: bytes) -> dict[str, bytes]:
    message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    parts: list[Any] = list(message.iter_parts())  # pyright: ignore[reportAttributeAccessIssue]
    return {
        str(part.get_param("name", header="content-disposition")): bytes(part.get_payload(decode=True))
        for part in parts
    }

"""S3 servers in trouble: what is waited out, what is given up and how soon, and that a create stays a create.

The servers are small HTTP servers on loopback that misbehave as told and note every request.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

import pytest

from resources import object_store
from resources.object_store import ObjectStore
from vidgen_assets.clips.errors import InputError, TransientError

SLOW_DOWN = b"<Error><Code>SlowDown</Code></Error>"


@dataclass
class Requests:
    """What the server was asked, as (method, time in seconds), and the bytes it keeps."""

    seen: list[tuple[str, float]] = field(default_factory=list)
    kept: bytes | None = None

    @property
    def methods(self) -> list[str]:
        return [method for method, _ in self.seen]


Behaviour = Callable[[BaseHTTPRequestHandler, Requests, bytes], None]


def answer(handler: BaseHTTPRequestHandler, status: int, body: bytes = b"") -> None:
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(body)))
    handler.send_header("ETag", '"tag"')
    handler.send_header("Last-Modified", "Sun, 22 Nov 2026 12:00:00 GMT")
    handler.end_headers()
    handler.wfile.write(body)


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


@contextmanager
def a_server(behave: Behaviour, monkeypatch: pytest.MonkeyPatch) -> Iterator[Requests]:
    """A server that does as `behave` says, with the environment pointing at it."""
    requests = Requests()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            requests.seen.append((self.command, time.monotonic()))
            behave(self, requests, body)

        do_GET = do_PUT = do_HEAD = do_DELETE = _any  # noqa: N815 - names that the base class looks for

        def log_message(self, *_: object) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    point_at(f"http://127.0.0.1:{server.server_port}", monkeypatch)
    try:
        yield requests
    finally:
        server.shutdown()
        server.server_close()


def point_at(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"ENDPOINT_URL": endpoint, "ACCESS_KEY_ID": "AK", "SECRET_ACCESS_KEY": "SK", "REGION": "us-east-1"}
    for name, value in {**settings, "ALLOW_HTTP": "true"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)


def kept(handler: BaseHTTPRequestHandler, requests: Requests, body: bytes) -> None:
    """As a server in order: keeps the first PUT, and knows If-None-Match."""
    if handler.command == "PUT":
        taken = requests.kept is not None and handler.headers.get("If-None-Match") == "*"
        requests.kept = requests.kept if taken else body
        answer(handler, 412 if taken else 200)
    else:
        answer(handler, 404 if requests.kept is None else 200, requests.kept or b"")


@pytest.mark.parametrize("status", [429, 503, 500])
def test_throttling_is_waited_out_with_growing_pauses(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    def throttle(handler: BaseHTTPRequestHandler, requests: Requests, body: bytes) -> None:
        answer(handler, status if len(requests.seen) <= 3 else 200, SLOW_DOWN)

    with a_server(throttle, monkeypatch) as requests:
        ObjectStore("s3://bucket/factory").put("key", b"x")
        times = [at for _, at in requests.seen]
        pauses = [after - before for before, after in pairwise(times)]
    assert len(pauses) == 3
    assert all(pause >= 0.15 for pause in pauses)


@pytest.mark.parametrize(("status", "error"), [(400, InputError), (401, InputError), (403, InputError)])
def test_a_refusal_is_not_asked_again(monkeypatch: pytest.MonkeyPatch, status: int, error: type[Exception]) -> None:
    with a_server(lambda handler, *_: answer(handler, status), monkeypatch) as requests:
        with pytest.raises(error):
            ObjectStore("s3://bucket/factory").put("key", b"x")
        assert len(requests.seen) == 1


def test_an_endpoint_that_is_down_is_given_up_within_20_s(monkeypatch: pytest.MonkeyPatch) -> None:
    """The configured patience is what a person waits; the test has less of it."""
    assert object_store._RETRIES.get("retry_timeout", timedelta.max) + timedelta(seconds=5) <= timedelta(seconds=20)
    monkeypatch.setitem(object_store._RETRIES, "max_retries", 3)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        point_at(f"http://127.0.0.1:{unused.getsockname()[1]}", monkeypatch)
        started = time.monotonic()
        with pytest.raises(TransientError, match="endpoint is up and reachable"):
            ObjectStore("s3://bucket/factory").put("key", b"x")
    assert time.monotonic() - started < 10


def test_a_server_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_READ_TIMEOUT", "1 second")
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        point_at(f"http://127.0.0.1:{silent.getsockname()[1]}", monkeypatch)
        with pytest.raises(TransientError):
            ObjectStore("s3://bucket/factory").create("key", b"x")


def test_no_answer_to_a_create_that_was_kept_is_a_create(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library asks again and is told that the key exists: by us."""

    def lose_the_answer(handler: BaseHTTPRequestHandler, requests: Requests, body: bytes) -> None:
        if len(requests.seen) > 1:
            return kept(handler, requests, body)
        requests.kept = body
        return hang_up(handler)

    with a_server(lose_the_answer, monkeypatch) as requests:
        assert ObjectStore("s3://bucket/factory").create("records/ledger/1", b"ours")
        assert requests.methods == ["PUT", "PUT", "GET"]


def test_an_answer_lost_over_somebody_elses_key_is_no_create(monkeypatch: pytest.MonkeyPatch) -> None:
    def lose_the_answer(handler: BaseHTTPRequestHandler, requests: Requests, body: bytes) -> None:
        requests.kept = b"theirs"
        return kept(handler, requests, body) if len(requests.seen) > 1 else hang_up(handler)

    with a_server(lose_the_answer, monkeypatch):
        assert not ObjectStore("s3://bucket/factory").create("records/ledger/1", b"ours")


def test_a_conflict_that_kept_nobodys_bytes_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """S3 may answer 409 to every one of several writers at once; taking it for "exists" would leave a gap."""

    def conflict_once(handler: BaseHTTPRequestHandler, requests: Requests, body: bytes) -> None:
        return answer(handler, 409) if len(requests.seen) == 1 else kept(handler, requests, body)

    with a_server(conflict_once, monkeypatch) as requests:
        assert ObjectStore("s3://bucket/factory").create("records/ledger/1", b"ours")
        assert requests.kept == b"ours"


def test_conflicts_without_end_are_passing_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    def conflict(handler: BaseHTTPRequestHandler, requests: Requests, body: bytes) -> None:
        answer(handler, 409 if handler.command == "PUT" else 404)

    with a_server(conflict, monkeypatch), pytest.raises(TransientError, match="at the same moment"):
        ObjectStore("s3://bucket/factory").create("records/ledger/1", b"ours")


def test_a_slow_download_is_not_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence ends a request, not its length: the bytes take longer than the read timeout."""
    monkeypatch.setenv("AWS_READ_TIMEOUT", "1 second")

    def trickle(handler: BaseHTTPRequestHandler, requests: Requests, body: bytes) -> None:
        handler.send_response(200)
        for name, value in {"Content-Length": "5", "ETag": '"x"'}.items():
            handler.send_header(name, value)
        handler.send_header("Last-Modified", "Sun, 22 Nov 2026 12:00:00 GMT")
        handler.end_headers()
        for _ in range(5):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.3)

    with a_server(trickle, monkeypatch):
        assert ObjectStore("s3://bucket/factory").get("key") == b"xxxxx"


def test_plain_http_must_be_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    with a_server(kept, monkeypatch):
        monkeypatch.delenv("AWS_ALLOW_HTTP")
        with pytest.raises(InputError, match="AWS_ALLOW_HTTP=true"):
            ObjectStore("s3://bucket/factory").put("key", b"x")

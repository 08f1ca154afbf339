"""A server's refusals are read by status and code, and its Retry-After in both forms."""

from datetime import timedelta

import pytest

from resources.videos_refusals import Said, Throttled, refusal, retry_after_s
from tests.builders import NOON


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("Sun, 22 Nov 2026 12:00:30 GMT", 30.0),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("9" * 40, None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after_s(header, NOON) == seconds


def test_a_busy_server_says_when_to_come_back() -> None:
    error = refusal(503, b"", {"retry-after": "4"}, NOON + timedelta(days=1))
    assert isinstance(error, Throttled)
    assert error.retry_after_s == 4.0


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"error": {"code": "Bad", "message": "no", "param": "size"}}', Said("bad", "no", "size")),
        (b'{"error": {"type": "invalid_request_error", "message": "no"}}', Said("invalid_request_error", "no")),
        (b'{"detail": "no"}', Said(message="no")),
        (b'{"detail": [{"loc": ["body", "fps"], "msg": "no"}]}', Said(message="no", field="fps")),
        (b"<html>502</html>", Said()),
        (b"[1]", Said()),
        (b"[" * 100_000, Said()),
    ],
)
def test_every_form_of_error_document_is_read(body: bytes, said: Said) -> None:
    assert Said.of_body(body) == said


def test_a_long_message_is_cut_short() -> None:
    assert len(str(refusal(400, b'{"detail": "' + b"x" * 10_000 + b'"}', {}, NOON))) < 600

"""What the store's own words mean for the work that met them."""

import pytest
from obstore.exceptions import GenericError, PermissionDeniedError

from resources.store_errors import as_ours
from vidgen_assets.clips.errors import CapacityError, InputError, TransientError, VidgenError

# The library's own words, taken from a full tmpfs, a read-only one, a folder of another user, and S3 servers.
FULL = GenericError("Generic LocalFileSystem error: Unable to copy data to file: No space left on device (os error 28)")
LOCAL = "Generic LocalFileSystem error: Unable to open file /store/key#1: "
S3 = "Generic S3 error: Error performing PUT http://s3/bucket/key in 2ms - "


def s3_answer(status: str, code: str) -> str:
    return f"{S3}Server returned non-2xx status code: {status}: <Error><Code>{code}</Code></Error>\n\nDebug source: …"


@pytest.mark.parametrize(
    ("error", "expected", "words"),
    [
        (FULL, CapacityError, "Free some space"),
        (OSError(28, "No space left on device"), CapacityError, "Free some space"),
        (OSError(122, "Disk quota exceeded"), CapacityError, "Free some space"),
        (GenericError(f"{LOCAL}Too many open files (os error 24)"), CapacityError, "Too many open files"),
        (PermissionDeniedError(s3_answer("403 Forbidden", "QuotaExceeded")), CapacityError, "raise the quota"),
        (GenericError(s3_answer("507 Insufficient Storage", "XMinioStorageFull")), CapacityError, "StorageFull"),
        (GenericError(f"{LOCAL}Permission denied (os error 13)"), InputError, "the right to write there"),
        (GenericError(f"{LOCAL}Read-only file system (os error 30)"), InputError, "the right to write there"),
        (PermissionError(13, "Permission denied"), InputError, "the right to write there"),
        (GenericError(s3_answer("403 Forbidden", "SignatureDoesNotMatch")), InputError, "AWS_SECRET_ACCESS_KEY"),
        (GenericError(s3_answer("400 Bad Request", "ExpiredToken")), InputError, "AWS_SECRET_ACCESS_KEY"),
        (GenericError(s3_answer("404 Not Found", "NoSuchBucket")), InputError, "the bucket does not exist"),
        (GenericError(f"{S3}Received redirect without LOCATION, this normally"), InputError, "region"),
        (GenericError(f"{S3}HTTP error: builder error"), InputError, "AWS_ALLOW_HTTP"),
        (GenericError("Error performing PUT http://169.254.169.254/latest"), InputError, "no credentials"),
        (GenericError(s3_answer("400 Bad Request", "InvalidBucketName")), InputError, "400 InvalidBucketName"),
        (GenericError(s3_answer("400 Bad Request", "RequestTimeout")), TransientError, "run again"),
        (GenericError(s3_answer("429 Too Many Requests", "SlowDown")), TransientError, "run again"),
        (GenericError(s3_answer("503 Service Unavailable", "SlowDown")), TransientError, "503 SlowDown"),
        (GenericError(f"{S3}HTTP error: error sending request"), TransientError, "endpoint is up"),
    ],
)
def test_what_the_store_says_decides_whether_work_is_tried_again(
    error: Exception, expected: type[VidgenError], words: str
) -> None:
    ours = as_ours("some/key", error)
    assert type(ours) is expected
    assert ours.value == "some/key"
    assert words in str(ours)
    assert "Debug source" not in str(ours)
    assert "\n" not in str(ours)


def test_a_long_answer_is_cut() -> None:
    assert len(str(as_ours("key", GenericError("x" * 10_000)))) < 600

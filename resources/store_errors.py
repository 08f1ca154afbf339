"""The store's errors as errors of our own tree, by what the store says rather than by the class it says it with.

The library raises one class for most trouble: a full disk, a refused listing and a server on fire are all
`GenericError`. The HTTP status, the error number of the operating system and S3's error codes stand in the text.
Everything unknown is transient: asking again is harmless and ends after a few tries.
"""

import errno
import re

from vidgen_assets.clips.errors import CapacityError, InputError, TransientError, VidgenError

_STATUS = re.compile(r"non-2xx status code: (\d{3})")
_ERRNO = re.compile(r"os error (\d+)")
_S3_CODE = re.compile(r"<Code>(\w+)</Code>")
_LONGEST_LINE = 300

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.ENOMEM, errno.EMFILE, errno.ENFILE}
# Ceph answers 403 QuotaExceeded and MinIO 507 XMinioStorageFull: neither is a matter of rights.
_FULL_SIGNS = ("no space left", "quota exceeded", "quotaexceeded", "storagefull", "status code: 507")
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}
_WRONG_PLACE = {errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENAMETOOLONG, errno.ELOOP, errno.EINVAL}
_PASSING_STATUSES = {408, 409, 425, 429}
_PASSING_SIGNS = ("RequestTimeout",)  # S3's 400 for an upload that stalled
# Without credentials in the environment, the library asks the metadata service of the machine it hopes to run on.
_METADATA_SERVICE = "http://169.254."

_CREDENTIALS = (
    "Check the credentials of this deployment (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY for S3) and what they may "
    "do: docs/operations/object-stores.md has the list."
)
_OLD_CREDENTIALS = ("ExpiredToken", "InvalidToken", "RequestTimeTooSkewed")


def as_ours(key: str, error: BaseException) -> VidgenError:
    """The error to raise instead of `error`, which the library raised over `key`."""
    text, line = str(error), first_line(error)
    status, number = _status(text), _number(error, text)
    if number in _FULL or any(sign in text.lower() for sign in _FULL_SIGNS):
        remedy = "Free some space or raise the quota, then run again; finished work is kept."
        return CapacityError(f"the store is full: {line}", field="store key", value=key, remedy=remedy)
    if status in (401, 403) or any(sign in text for sign in _OLD_CREDENTIALS):
        return _input("the store refuses access", line, key, _CREDENTIALS)
    if _METADATA_SERVICE in text:
        return _input("there are no credentials for the store", line, key, _CREDENTIALS)
    if number in _REFUSED:
        return _input("the store refuses access", line, key, "Give this process the right to write there.")
    if "NoSuchBucket" in text or status == 404:
        return _input("the bucket does not exist", line, key, "Make it, or mend the store's URL or endpoint.")
    if "builder error" in text:
        remedy = "Use an https endpoint, or allow plain HTTP with AWS_ALLOW_HTTP=true where the network is trusted."
        return _input("the endpoint is not one that may be asked", line, key, remedy)
    if _is_final(status, text) or number in _WRONG_PLACE or isinstance(error, ValueError):
        return _input("the store can't do that", line, key, "Check the store's URL, region and endpoint.")
    remedy = "Check that its endpoint is up and reachable from here, then run again; finished work is kept."
    return TransientError(f"the store did not answer as it should: {line}", field="store key", value=key, remedy=remedy)


def first_line(error: BaseException) -> str:
    """What the store said, without the library's debugging tail; an S3 error document by its code alone."""
    line = str(error).split("\n", 1)[0]
    if (status := _STATUS.search(line)) and (code := _S3_CODE.search(line)):
        return f"{status[1]} {code[1]}"
    return line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}…"


def _input(found: str, line: str, key: str, remedy: str) -> InputError:
    return InputError(f"{found}: {line}", field="store key", value=key, remedy=remedy)


def _status(text: str) -> int | None:
    match = _STATUS.search(text)
    return int(match[1]) if match else None


def _number(error: BaseException, text: str) -> int | None:
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno
    match = _ERRNO.search(text)
    return int(match[1]) if match else None


def _is_final(status: int | None, text: str) -> bool:
    if "redirect without LOCATION" in text:  # a bucket of another region
        return True
    passing = status in _PASSING_STATUSES or any(sign in text for sign in _PASSING_SIGNS)
    return status is not None and status < 500 and not passing

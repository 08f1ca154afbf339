"""One taxonomy drives every retry: here the error's kind becomes what Dagster understands.

Transient and capacity trouble asks for another try of the step; anything else fails the step at once, since a
permanent failure costs exactly one attempt. Run retries (dagster.yaml) are for dead processes only, and the retry
schedule (`automation/schedules.py`) picks up what is left, by the same `kind`.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from vidgen_assets.clips.errors import VidgenError

MAX_RETRIES = 3
_FIRST_WAIT_S = 10

STEP_RETRIES = dg.RetryPolicy(
    max_retries=MAX_RETRIES, delay=_FIRST_WAIT_S, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS
)
"""For steps that are killed (a preempted pod raises in the step); errors of ours decide for themselves below."""

INTERRUPTED = "interrupted"
"""The `kind` of a failure that was a person's Ctrl-C."""


@contextmanager
def judged_by_kind(retry_number: int, *, retry_interrupted: bool = True) -> Iterator[None]:
    """Maps a `VidgenError` to `RetryRequested` or to a failure that's final; an interrupt to the latter, unless the
    step is to be begun again by `STEP_RETRIES`."""
    try:
        yield
    except (KeyboardInterrupt, dg.DagsterExecutionInterruptedError) as interrupt:
        if retry_interrupted:
            raise
        said = "interrupted: finished work is kept, and the same command goes on from there"
        raise dg.Failure(said, metadata={"kind": INTERRUPTED}, allow_retries=False) from interrupt
    except VidgenError as error:
        if error.kind.is_retriable and retry_number < MAX_RETRIES:
            raise dg.RetryRequested(MAX_RETRIES, seconds_to_wait=_FIRST_WAIT_S * 2**retry_number) from error
        metadata = {"kind": error.kind.value, "remedy": error.remedy or "none known"}
        raise dg.Failure(str(error), metadata=metadata, allow_retries=False) from error
    except (dg.Failure, dg.RetryRequested):
        raise
    except Exception as error:  # a defect of ours: the retry policy would repeat it three times
        raise dg.Failure(f"unexpected {type(error).__name__}: {error}", allow_retries=False) from error

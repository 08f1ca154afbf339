"""A job's life at a videos server: submitted once, looked at with growing pauses, fetched, or given up.

Everything that would be lost with this process stands on the ticket (`video_tickets.py`) before the next step is
taken. HTTP is `videos_api.py`'s business; what is asked for is the backend's.
"""

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import NoReturn

from resources.spend_book import Reservation, SpendBook
from resources.video_tickets import Ticket, TicketPocket
from resources.videos_api import Job, JobGone, JobStatus, VideosApi
from resources.videos_refusals import job_failure
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import CapacityError, Interrupted, PermanentError, TransientError, VidgenError
from vidgen_assets.models.release import EndpointSource

_LEAST_VIDEO_BYTES = 256  # less than the headers of any MP4 with a picture
_LONGEST_NAP_S = 0.5  # how soon an interrupt is noticed


@dataclass(frozen=True, slots=True)
class Pace:
    """Pauses between two looks at a job: from the first to the longest, each `growth` times the one before."""

    first_s: float = 1.0
    longest_s: float = 15.0
    growth: float = 1.5


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked of the server, and what it may cost."""

    key: Digest
    fields: dict[str, str]
    image: bytes | None
    release_id: str
    fee: Decimal
    budget: Decimal | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A video as the server sent it, and the ticket it came for."""

    video: bytes
    ticket: Ticket


@dataclass(slots=True)
class JobRunner:
    """Runs one order at one server; made anew for each."""

    api: VideosApi
    source: EndpointSource
    pocket: TicketPocket
    spend: SpendBook
    clock: Callable[[], datetime]
    is_interrupted: Callable[[], bool]
    pace: Pace = field(default_factory=Pace)

    def deliver(self, order: Order) -> Delivery:
        """The video of the order. A job that was begun earlier is taken up; the server is told to forget it at the
        end, once its video is in the cupboard."""
        ticket = self.pocket.ticket()
        if ticket.video is not None:
            if (kept := self.pocket.video(ticket)) is not None:
                return Delivery(kept, ticket)
            ticket = self.pocket.keep(ticket.next_attempt(is_charged=True))  # fetched, deleted there, lost here
        try:
            ticket = self._begun(ticket, order)
            self._wait_for(ticket)
            return self._fetched(ticket)
        except JobGone:
            ticket = self._begun_again(order)
        try:
            self._wait_for(ticket)
            return self._fetched(ticket)
        except JobGone as error:
            remedy = "The server loses its jobs, or several servers share one address; see that it keeps them."
            raise TransientError("the server forgot the job twice", field="job", remedy=remedy) from error

    def _begun(self, ticket: Ticket, order: Order) -> Ticket:
        if ticket.job_id is not None:
            return ticket
        idempotency_key = ticket.idempotency_key(order.key)
        self.spend.reserve(Reservation(order.release_id, idempotency_key, order.fee, order.budget))
        job = self.api.submit(order.fields, order.image, idempotency_key=idempotency_key)
        return self.pocket.keep(ticket.submitted(job.id, order.fee, self.clock()))

    def _begun_again(self, order: Order) -> Ticket:
        """The server forgot the job: once more under the same key, so that one it does remember isn't paid twice."""
        forgotten = self.pocket.keep(replace(self.pocket.ticket(), job_id=None, submitted_at=None))
        return self._begun(forgotten, order)

    def _wait_for(self, ticket: Ticket) -> None:
        """Returns once the job is completed."""
        assert ticket.job_id is not None
        watch, pause_s = _Watch(self.source.stall_s), self.pace.first_s
        while True:
            job = self.api.look(ticket.job_id)
            if job.status is JobStatus.COMPLETED:
                return
            if job.status is JobStatus.FAILED:
                self.pocket.keep(ticket.next_attempt(is_charged=False))
                raise job_failure(job.error)
            if overdue := self._overdue(ticket, job, watch):
                self._give_up(ticket)
                raise overdue
            self._nap(pause_s)
            pause_s = min(pause_s * self.pace.growth, self.pace.longest_s)

    def _overdue(self, ticket: Ticket, job: Job, watch: "_Watch") -> VidgenError | None:
        if ticket.age_s(self.clock()) > self.source.deadline_s:
            # Not transient: at once and at the same server, another job would cost the same and be as late.
            return CapacityError(
                f"the job was not done within its deadline of {self.source.deadline_s:g} s ({job.status}, "
                f"{job.progress:g} %)",
                field="source.deadline_s",
                remedy="Give the server more GPUs, or register a release with a longer deadline.",
            )
        if watch.is_stalled(job):
            remedy = "The job is cancelled and the clip is tried again; see the server's log for the cause."
            found = f"the job made no progress for {self.source.stall_s:g} s and stands at {job.progress:g} %"
            return TransientError(found, field="source.stall_s", remedy=remedy)
        return None

    def _fetched(self, ticket: Ticket) -> Delivery:
        assert ticket.job_id is not None
        video = self.api.fetch(ticket.job_id)
        if not _is_mp4(video):
            self._refuse_video(ticket, video)
        ticket = self.pocket.keep_video(ticket, video)
        self._forget(ticket)
        return Delivery(video, ticket)

    def _refuse_video(self, ticket: Ticket, answer: bytes) -> NoReturn:
        """Once may be a gateway's page: the same job is fetched again. Twice is what the server makes."""
        found = f"the server sent {len(answer)} bytes that are no video"
        if ticket.unusable_answers == 0:
            self.pocket.keep(replace(ticket, unusable_answers=1))
            raise TransientError(found, field="content", value=answer[:40], remedy="It is fetched once more.")
        self._give_up(ticket)
        remedy = "See what the server sends for this job; `vidgen run --retry-failed` makes a new one."
        raise PermanentError(f"{found}, twice", field="content", value=answer[:40], allowed="an MP4", remedy=remedy)

    def _give_up(self, ticket: Ticket) -> None:
        self._forget(ticket)
        self.pocket.keep(ticket.next_attempt(is_charged=True))

    def _forget(self, ticket: Ticket) -> None:
        """Housekeeping at the server: if it fails, the server's own expiry does it."""
        assert ticket.job_id is not None
        with contextlib.suppress(VidgenError):
            self.api.delete(ticket.job_id)

    def _nap(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._heed_interrupt()
            time.sleep(min(left, _LONGEST_NAP_S))
        self._heed_interrupt()

    def _heed_interrupt(self) -> None:
        if self.is_interrupted():
            raise Interrupted(
                "interrupted while a server makes the video",
                remedy="The job goes on at the server; run again to fetch its video.",
            )


class _Watch:
    """Since when a job has stood still.

    Only a job that has told of progress can stall: while it waits in a queue, or at a server that leaves `progress` at
    0 to the end (vLLM-Omni calls it best-effort), the deadline alone bounds it.
    """

    def __init__(self, stall_s: float) -> None:
        self._stall_s = stall_s
        self._progress = 0.0
        self._since = time.monotonic()

    def is_stalled(self, job: Job) -> bool:
        if job.progress != self._progress or job.status is JobStatus.QUEUED:
            self._progress, self._since = job.progress, time.monotonic()
        return self._progress > 0 and time.monotonic() - self._since > self._stall_s


def _is_mp4(data: bytes) -> bool:
    """An MP4 begins with its `ftyp` box (ISO/IEC 14496-12, section 4.3)."""
    return len(data) >= _LEAST_VIDEO_BYTES and data[4:8] == b"ftyp"

"""Tickets: what is known of a clip's job at a server, kept where it outlives this process, so that none is paid twice.

A ticket stays after its video was fetched, since storing the video may still fail: asked again, the same bytes come
from the cupboard. It is replaced only by the next attempt at the same work. What a job's life is stands in
`video_jobs.py`.
"""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from vidgen_assets.clips.digest import Digest, canonical_json
from vidgen_assets.clips.generation import Cupboard


@dataclass(frozen=True, slots=True)
class Ticket:
    """The present attempt at a work key. Without a `job_id`, it isn't submitted yet as far as anybody knows."""

    attempt: int = 0
    job_id: str | None = None
    fee: Decimal = Decimal(0)
    lost_fees: Decimal = Decimal(0)  # of earlier attempts that were given up and may be charged all the same
    submitted_at: str | None = None  # ISO 8601, UTC
    unusable_answers: int = 0
    video: str | None = None  # the digest of the fetched video

    @property
    def total_fee(self) -> Decimal:
        return self.fee + self.lost_fees

    def idempotency_key(self, key: Digest) -> str:
        """The same for one attempt, whoever asks; another for the next, or a server would repeat the failed job."""
        return f"{key.hex}-{self.attempt}"

    def submitted(self, job_id: str, fee: Decimal, now: datetime) -> "Ticket":
        return replace(self, job_id=job_id, fee=fee, submitted_at=now.isoformat(timespec="milliseconds"))

    def next_attempt(self, *, is_charged: bool) -> "Ticket":
        """After a job that failed (`is_charged` False: servers charge for videos), or that was given up."""
        return Ticket(self.attempt + 1, lost_fees=self.lost_fees + (self.fee if is_charged else Decimal(0)))

    def age_s(self, now: datetime) -> float:
        return (now - datetime.fromisoformat(self.submitted_at)).total_seconds() if self.submitted_at else 0.0


class TicketPocket:
    """The ticket and the fetched video of one work key, in a cupboard."""

    def __init__(self, cupboard: Cupboard, key: Digest) -> None:
        self._cupboard = cupboard
        self._ticket_name = f"remote/{key.hex}.ticket"
        self._video_name = f"remote/{key.hex}.mp4"

    def ticket(self) -> Ticket:
        """A ticket that can't be read is none: the server's idempotency key then finds the job again."""
        data = self._cupboard.get(self._ticket_name)
        try:
            return _from_json(json.loads(data)) if data else Ticket()
        except (ValueError, KeyError, TypeError, InvalidOperation, RecursionError):
            return Ticket()

    def keep(self, ticket: Ticket) -> Ticket:
        row = {**asdict(ticket), "fee": str(ticket.fee), "lost_fees": str(ticket.lost_fees)}
        self._cupboard.put(self._ticket_name, canonical_json(row))
        return ticket

    def keep_video(self, ticket: Ticket, video: bytes) -> Ticket:
        self._cupboard.put(self._video_name, video)
        return self.keep(replace(ticket, video=str(Digest.of_bytes(video))))

    def video(self, ticket: Ticket) -> bytes | None:
        """The video that this ticket brought, if it is still there."""
        data = self._cupboard.get(self._video_name) if ticket.video else None
        return data if data is not None and Digest.of_bytes(data) == ticket.video else None


def _from_json(row: dict[str, Any]) -> Ticket:
    values: dict[str, Any] = {**row, "fee": Decimal(row["fee"]), "lost_fees": Decimal(row["lost_fees"])}
    return Ticket(**values)

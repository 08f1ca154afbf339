"""A ticket outlives its process, and one that was damaged is none."""

from decimal import Decimal
from pathlib import Path

import pytest

from resources.cupboard import StoreCupboard
from resources.object_store import ObjectStore
from resources.video_tickets import Ticket, TicketPocket
from tests.builders import NOON, a_digest
from vidgen_assets.clips.generation import Cupboard

KEY = a_digest("work")


@pytest.fixture
def cupboard(tmp_path: Path) -> Cupboard:
    return StoreCupboard(ObjectStore(str(tmp_path)))


def test_a_ticket_is_read_as_it_was_kept(cupboard: Cupboard) -> None:
    ticket = Ticket().submitted("job-1", Decimal("0.20"), NOON)
    TicketPocket(cupboard, KEY).keep(ticket)
    assert TicketPocket(cupboard, KEY).ticket() == ticket


@pytest.mark.parametrize("data", [b"", b"torn", b"[]", b'{"fee": "1"}', b'{"fee": "x", "lost_fees": "0"}'])
def test_a_damaged_ticket_is_none(cupboard: Cupboard, data: bytes) -> None:
    cupboard.put(f"remote/{KEY.hex}.ticket", data)
    assert TicketPocket(cupboard, KEY).ticket() == Ticket()


def test_a_video_that_was_altered_is_none(cupboard: Cupboard) -> None:
    pocket = TicketPocket(cupboard, KEY)
    ticket = pocket.keep_video(Ticket().submitted("job-1", Decimal(1), NOON), b"a video")
    assert pocket.video(ticket) == b"a video"
    cupboard.put(f"remote/{KEY.hex}.mp4", b"another")
    assert pocket.video(ticket) is None


def test_what_was_given_up_may_be_charged_and_what_failed_is_not() -> None:
    ticket = Ticket().submitted("job-1", Decimal(2), NOON)
    assert ticket.next_attempt(is_charged=True).submitted("job-2", Decimal(2), NOON).total_fee == 4
    assert ticket.next_attempt(is_charged=False).submitted("job-2", Decimal(2), NOON).total_fee == 2


def test_each_attempt_has_an_idempotency_key_of_its_own() -> None:
    ticket = Ticket()
    assert ticket.idempotency_key(KEY) == f"{KEY.hex}-0"
    assert ticket.next_attempt(is_charged=False).idempotency_key(KEY) == f"{KEY.hex}-1"

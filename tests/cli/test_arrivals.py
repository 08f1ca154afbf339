"""`vidgen arrivals list` on narrow terminals: names are strangers' and may be very long."""

import io
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from vidgen_assets.cli import arrivals
from vidgen_assets.clips.errors import ErrorKind
from vidgen_assets.clips.ledger import Problem
from vidgen_assets.reports.arrivals import ArrivalStanding, ArrivalState

REASON = Problem(ErrorKind.INPUT, "this is text", remedy="Send another version of it.")


@pytest.mark.parametrize("width", [80, 120])
def test_a_long_name_leaves_room_for_state_and_reason(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "x" * 200
    standing = ArrivalStanding(f"{name[:40]}-0123456789ab", f"{name}.mp4", "tray", ArrivalState.HELD, REASON)
    session: Any = SimpleNamespace(shop=SimpleNamespace(arrivals=SimpleNamespace(folder="/uploads")))
    monkeypatch.setattr("vidgen_assets.reports.arrivals.arrival_standings", lambda shop: [standing])
    monkeypatch.setattr(arrivals, "console", Console(file=(out := io.StringIO()), width=width))

    arrivals._print(session, as_json=False)

    head, first = out.getvalue().splitlines()[:2]
    assert head.split() == ["upload", "file", "state", "why"]
    assert first[head.index("state") :].startswith("held ")
    assert "this is text" in first[head.index("why") :]
    assert max(map(len, out.getvalue().splitlines())) <= width

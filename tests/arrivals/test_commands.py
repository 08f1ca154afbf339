"""Command lines: nothing opens an upload without saying as what, from where and how large."""

from pathlib import Path

import pytest

from tests.arrivals.test_facts import a_video, facts_of
from vidgen_assets.arrivals.commands import (
    Sought,
    grey_arguments,
    moments_arguments,
    packet_arguments,
    preview_arguments,
    probe_arguments,
    spread_arguments,
    whole_arguments,
)
from vidgen_assets.arrivals.limits import CONTAINERS

UPLOAD = Path("/uploads/a b:c.mp4")
FACTS = facts_of(a_video()).model_copy(update={"asked_moments": 2})
ELSEWHERE = ("concat", "hls", "applehttp", "dash", "image2", "lavfi", "tty", "sdp", "rtsp", "imf", "vobsub", "data")
LINES = {
    "probe": probe_arguments(UPLOAD),
    "packets": packet_arguments(UPLOAD, 0),
    "whole": whole_arguments(UPLOAD, FACTS, "%03d.jpg", longest_px=480),
    "moments": moments_arguments(UPLOAD, FACTS, [Sought(0, 0, "a.jpg"), Sought(1, 0, "b.jpg")], longest_px=480),
    "preview": preview_arguments(UPLOAD, FACTS, [(0.0, 1.0), (1.0, 1.0)]),
    "grey": grey_arguments(UPLOAD),
    "spread": spread_arguments(UPLOAD, 2.0, 4, "%03d.jpg"),
}


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_an_upload_is_opened_as_a_video_from_this_machine_and_no_larger_than_can_be(line: list[str]) -> None:
    opened = [place for place, part in enumerate(line) if part == f"file:{UPLOAD}"]

    assert opened, "a colon in a name is no protocol"
    for begin, place in zip([0, *opened], opened, strict=False):
        options = line[begin:place]
        assert options[options.index("-protocol_whitelist") + 1] == "file"
        assert options[options.index("-format_whitelist") + 1] == ",".join(CONTAINERS)
        assert int(options[options.index("-max_pixels") + 1]) > 0


def test_nothing_that_leads_elsewhere_is_among_the_containers() -> None:
    assert not set(ELSEWHERE) & set(CONTAINERS)


def test_the_preview_has_no_sound_and_what_it_was_made_by_isnt_in_it() -> None:
    assert "-an" in LINES["preview"]
    assert LINES["preview"][LINES["preview"].index("-map_metadata") + 1] == "-1"

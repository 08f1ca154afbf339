"""A server's clip is replayed without asking the server: another job would be paid for."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from resources.backends.remote import RemoteBackend
from resources.spend_book import SpendBook
from resources.video_jobs import Pace
from resources.workshop import Workshop
from tests.prompts.models_at_work import a_prompt_row
from tests.reports.replayed import a_shop, make, register, rewrite, row_of, the
from tests.resources.backends.remote_desk import QUICK, RELEASE, a_remote_release, an_mp4
from tests.servers.videos_server import VideosServer
from vidgen_assets.frames.asset import FRAMES
from vidgen_assets.reports.replay import EnvironmentDifference, Likeness, Promise, replay


@pytest.fixture
def server(tmp_path: Path) -> Iterator[VideosServer]:
    with VideosServer(an_mp4(tmp_path)) as running:
        yield running


@pytest.fixture
def shop(server: VideosServer, tmp_path: Path) -> Workshop:
    """A factory in which the server has made the clip `waves`."""
    plain = a_shop(tmp_path)
    spend = SpendBook(plain.records, plain.clock)
    pace = Pace(first_s=0.01, longest_s=0.02)
    remote = RemoteBackend(plain.models.release, spend, plain.media, plain.clock, pace=pace, persistence=QUICK)
    shop = replace(plain, backends={**plain.backends, "remote": remote})
    register(shop, a_remote_release(server.url))
    make(shop, tmp_path, a_prompt_row("waves", model=RELEASE))
    assert server.job_count == 1
    return shop


def test_only_decoding_is_replayed_and_nothing_is_asked_of_the_server(shop: Workshop, server: VideosServer) -> None:
    asked = len(server.submissions), server.looks
    found = replay(the("waves", shop), shop)

    assert (len(server.submissions), server.looks) == asked
    assert found.latents is None
    assert found.notes == ("a server's clip can't be made again for free: only decoding its stored video was replayed",)
    assert (found.verdict, found.promise, found.is_kept) == (Likeness.EQUAL, Promise.EXACT, True)
    assert found.frames.drawn_count == 9


def test_another_decoder_promises_the_tolerance_only(shop: Workshop) -> None:
    clip = the("waves", shop)
    recorded = row_of(FRAMES, clip, shop).provenance
    rewrite(shop, clip, FRAMES, provenance={**recorded, "decoder": "ffmpeg of last year"})
    found = replay(clip, shop)

    assert found.environment == (
        EnvironmentDifference("frames", "decoder", "ffmpeg of last year", shop.media.versions()["ffmpeg"]),
    )
    assert found.promise is Promise.TOLERANCE

"""A template that speaks, with and without a voice: what its row decides from the sound to the timeline."""

from pathlib import Path

import pytest

from resources.workshop import Workshop, open_workshop
from tests.end_to_end.catalogs import a_clip
from tests.soundtracks.spoken_clips import NEWS, STAGES, digest, made
from vidgen_assets.clips.captions import CAPTIONS_FILE, Captions
from vidgen_assets.clips.ledger import LedgerRow
from vidgen_assets.clips.soundtrack import NARRATION_FILE
from vidgen_assets.templates.scene import Timeline

Found = dict[str, dict[str, LedgerRow]]


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return open_workshop(str(tmp_path / "store"), home=tmp_path, workers=1)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workshop, Found]:
    """A clip that is told and one that isn't, and what each stage has of them; only read."""
    home = tmp_path_factory.mktemp("both")
    shop = open_workshop(str(home / "store"), home=home, workers=1)
    return shop, made(shop, home, a_clip("told", **NEWS), a_clip("mute", **NEWS, voice="none"))


def starts(row: LedgerRow, shop: Workshop) -> list[int]:
    return [section.first_frame for section in Timeline.of_bytes(shop.artifacts.read(digest(row))).sections]


def test_a_row_keeps_a_template_that_speaks_silent(both: tuple[Workshop, Found]) -> None:
    shop, found = both

    sounds, captions, latents = found["soundtracks"], found["captions"], found["latents"]
    assert NARRATION_FILE in shop.artifacts.listing(digest(sounds["told"]))
    assert NARRATION_FILE not in shop.artifacts.listing(digest(sounds["mute"]))
    for clip, is_captioned in (("told", True), ("mute", False)):
        file = shop.artifacts.listing(digest(captions[clip]))[CAPTIONS_FILE]
        assert bool(Captions.model_validate_json(shop.artifacts.read(file.digest)).cues) is is_captioned
    # The scenes' least lengths are 3.2, 2.6, 2.6 and 2 s; the other 4.6 of 15 s are shared as 1 : 1.2 : 1.2 : 0.4.
    ends_s = (3.2 + 4.6 / 3.8, 5.8 + 4.6 * 2.2 / 3.8, 8.4 + 4.6 * 3.4 / 3.8)
    assert starts(latents["mute"], shop) == [0, *(round(24 * end_s) for end_s in ends_s)]
    assert starts(latents["told"], shop) != starts(latents["mute"], shop)


def test_whether_anybody_speaks_is_in_the_key_of_the_sound_and_of_what_keeps_time_with_it(
    both: tuple[Workshop, Found],
) -> None:
    _, found = both

    for stage in STAGES:
        keys = {row.work_key for row in found[stage.name].values()}
        assert len(keys) == 2, stage.name


def test_music_alone_and_music_of_a_clip_without_a_voice_are_two_works(shop: Workshop, tmp_path: Path) -> None:
    card = {"audio": "music.wav", "duration_s": "3"}
    sounds = made(shop, tmp_path, a_clip("once", **card), a_clip("bed", **card, voice="none"))["soundtracks"]

    assert sounds["once"].work_key != sounds["bed"].work_key
    assert sounds["once"].digest != sounds["bed"].digest


def test_who_speaks_is_no_matter_to_a_clip_that_says_nothing(shop: Workshop, tmp_path: Path) -> None:
    sounds = made(shop, tmp_path, a_clip("plain"), a_clip("mute", voice="none"))["soundtracks"]

    assert sounds["plain"].work_key == sounds["mute"].work_key

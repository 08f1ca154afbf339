"""Looking at real files: what is seen at each moment, whichever way it's reached; what can't be seen says so."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from tests.arrivals.uploads import TOOLS, Uploads, look
from vidgen_assets.arrivals import sampling
from vidgen_assets.arrivals.facts import Range
from vidgen_assets.arrivals.limits import LIMITS
from vidgen_assets.arrivals.sampling import probe
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import InputError


@pytest.fixture
def _seeking(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with long videos: each moment is sought."""
    monkeypatch.setattr(sampling, "_is_cheap", lambda facts, packets: False)


@pytest.mark.parametrize("name", ["colours.mp4", "colours.ts", "colours.avi", "late.mp4"])
def test_each_moment_shows_what_is_seen_in_its_middle(name: str, uploads: Uploads, tmp_path: Path) -> None:
    seen = look(uploads.get(name), tmp_path)

    assert seen.colours == "rrrgggbbb"
    assert [s.moment_s for s in seen.facts.samples] == pytest.approx([s / 6 for s in range(1, 18, 2)], abs=0.1)


def test_every_frame_of_a_few_is_seen_where_the_container_counts_time_in_frames(
    uploads: Uploads, tmp_path: Path
) -> None:
    seen = look(uploads.get("short.avi"), tmp_path / "avi")

    levels = [float(picture.mean()) for picture in seen.pictures]
    assert len(levels) == seen.facts.asked_moments == 5
    assert all(after - before > 30 for before, after in pairwise(levels))
    short = look(uploads.get("short.ogv"), tmp_path / "ogv").facts
    assert len(short.samples) == short.asked_moments == 3


@pytest.mark.usefixtures("_seeking")
@pytest.mark.parametrize("name", ["colours.mp4", "colours.ts", "late.mp4"])
def test_seeking_finds_the_same_pictures(name: str, uploads: Uploads, tmp_path: Path) -> None:
    assert look(uploads.get(name), tmp_path).colours == "rrrgggbbb"


def test_long_videos_are_entered_at_key_pictures_unless_those_are_too_far_apart(
    uploads: Uploads, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the one key picture that the upload has, nine seeks would decode more than all of it: one pass is cheaper."""
    monkeypatch.setattr(sampling, "LIMITS", replace(LIMITS, most_pixels_decoded_whole=0))
    asked: list[str] = []
    monkeypatch.setattr(sampling, "seek", lambda *_, **__: asked.append("seek") or 0.0)

    assert look(uploads.get("colours.mp4"), tmp_path).colours == "rrrgggbbb"
    assert asked == []


def test_a_variable_rate_is_sampled_by_time_not_by_frame(uploads: Uploads, tmp_path: Path) -> None:
    seen = look(uploads.get("variable.mp4"), tmp_path)

    assert seen.facts.is_variable_rate
    assert set(seen.colours[:4]) == {"r"}
    assert set(seen.colours[-4:]) == {"g"}


def test_a_phones_video_stands_upright(uploads: Uploads, tmp_path: Path) -> None:
    seen = look(uploads.get("turned.mp4"), tmp_path)
    picture = seen.pictures[0].astype(int)

    assert (seen.facts.width, seen.facts.height) == (36, 64)
    assert picture.shape == (64, 36, 3)
    assert picture[8, 18, 0] > 200 > picture[8, 18, 1], "red above"
    assert picture[56, 18, 1] > 200 > picture[56, 18, 0], "green below"


@pytest.mark.parametrize(("name", "size"), [("odd.mp4", (64, 36)), ("wide_pixels.mp4", (128, 36))])
def test_pictures_have_even_sizes_and_square_pixels(
    name: str, size: tuple[int, int], uploads: Uploads, tmp_path: Path
) -> None:
    assert {picture.shape[1::-1] for picture in look(uploads.get(name), tmp_path).pictures} == {size}


@pytest.mark.usefixtures("_seeking")
def test_one_frame_is_one_moment(uploads: Uploads, tmp_path: Path) -> None:
    seen = look(uploads.get("one_frame.mp4"), tmp_path)

    assert seen.facts.frame_count == seen.facts.asked_moments == 1
    assert seen.colours == "r"


def test_hdr_comes_out_as_bright_as_its_light_is(uploads: Uploads, tmp_path: Path) -> None:
    """38.8 cd/m2, a fifth of white, which PQ writes as 0.41: taken for SDR it would be 106, and mid grey is 128."""
    seen = look(uploads.get("hdr.mp4"), tmp_path)

    assert seen.facts.colour.dynamic_range is Range.PQ
    assert seen.facts.colour.bit_depth == 10
    assert seen.pictures[0].mean() == pytest.approx(128, abs=4)
    assert float(seen.pictures[0].std()) < 3, "grey stays grey"


def test_an_hour_of_silence_is_looked_at_in_sixty_places(uploads: Uploads, tmp_path: Path) -> None:
    seen = look(uploads.get("hour.mkv"), tmp_path)

    assert seen.facts.duration_s == 3_600
    assert seen.facts.audio_codec == "pcm_u8"
    assert len(seen.pictures) == seen.facts.asked_moments == LIMITS.most_moments


def test_fields_become_whole_pictures(uploads: Uploads, tmp_path: Path) -> None:
    seen = look(uploads.get("fields.mpg"), tmp_path)

    assert seen.facts.is_interlaced
    assert not seen.facts.is_variable_rate
    assert len(seen.pictures) == seen.facts.asked_moments


def test_a_file_that_was_cut_off_is_known_by_what_it_promised(uploads: Uploads, tmp_path: Path) -> None:
    facts = look(uploads.get("cut_off.mp4"), tmp_path).facts

    assert facts.declared_duration_s == 4.0
    assert facts.duration_s < 3.5


def test_damaged_pictures_are_seen_as_far_as_they_go(uploads: Uploads, tmp_path: Path) -> None:
    assert look(uploads.get("damaged.mp4"), tmp_path).facts.frame_count == 10


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("text.mp4", "this is text"),
        ("playlist.mp4", "this is text"),
        ("script.mp4", "this is text"),
        ("junk.mp4", "no video|can't be read"),
        ("empty.mp4", "empty"),
        ("picture.mp4", "isn't taken"),
        ("sound.mp4", "sound and no video"),
        ("without_index.mp4", "no index"),
    ],
)
def test_what_is_no_video_is_refused(name: str, said: str, uploads: Uploads, tmp_path: Path) -> None:
    upload = uploads.get(name)

    with pytest.raises(InputError, match=said):
        probe(upload, Digest.of_file(upload), name, TOOLS, tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_same_upload_gives_the_same_bytes(uploads: Uploads, tmp_path: Path) -> None:
    folders = [look(uploads.get("colours.mp4"), tmp_path / run).folder for run in ("one", "two")]
    one, two = ({p.name: Digest.of_file(p) for p in folder.iterdir()} for folder in folders)

    assert one == two

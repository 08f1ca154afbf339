import dataclasses
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.synthetic.frames import SyntheticFrames, a_clip, miscounted, resized, solid
from tests.synthetic.media import PREVIEW, TOOLS, a_small_spec, a_soundtrack, a_tone, encoded
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import PermanentError, PolicyError
from vidgen_assets.clips.generation import Frame
from vidgen_assets.clips.media_tools import Tool
from vidgen_assets.clips.renditions import Encoding
from vidgen_assets.clips.spec import Aspect
from vidgen_assets.encodes.graph import download_arguments, ladder_arguments, ticks_per_s
from vidgen_assets.encodes.ladder import encode
from vidgen_assets.encodes.sound import sound_arguments

SPEC = a_small_spec(45)
GOLDEN = {
    "270p.mp4": "02a1c68a1ba9",
    "180p.mp4": "3128277a0fb0",
    "144p.mp4": "c3f2846fb444",
    "audio.m4a": "3ff77ee109d5",
}


def files(folder: Path) -> dict[str, Digest]:
    return {path.name: Digest.of_file(path) for path in folder.iterdir()}


def samples(path: Path) -> np.ndarray:
    """Decoded sound, one row per channel, full scale 1."""
    raw = ["-v", "error", "-i", str(path), "-map", "0:a", "-f", "f32le", "-"]
    return np.frombuffer(TOOLS.run(Tool.FFMPEG, raw, deadline_s=20).stdout, "<f4").reshape(-1, 2).T


def picture(path: Path, index: int, width: int, height: int) -> np.ndarray:
    """One decoded frame as RGB by BT.709, the way a player shows it."""
    chosen = f"select=eq(n\\,{index}),scale=in_color_matrix=bt709:in_range=tv,format=rgb24"
    raw = ["-v", "error", "-i", str(path), "-vf", chosen, "-frames:v", "1", "-f", "rawvideo", "-"]
    return np.frombuffer(TOOLS.run(Tool.FFMPEG, raw, deadline_s=20).stdout, np.uint8).reshape(height, width, 3)


@pytest.fixture(scope="module")
def with_tone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """1.5 s of bars, with a tone that stops after 0.7 s."""
    folder = tmp_path_factory.mktemp("encoding")
    encoded(folder / "out", SPEC, sound=a_tone(folder / "tone.wav", 0.7))
    return folder / "out"


def test_everything_the_record_names_is_there_and_nothing_else(with_tone: Path) -> None:
    encoding = Encoding.read(with_tone)

    assert [(r.name, r.width, r.height) for r in encoding.renditions] == [
        ("270p", 480, 270),
        ("180p", 320, 180),
        ("144p", 256, 144),
    ]
    assert (encoding.frame_count, encoding.gop_frames, encoding.segment_frames) == (45, 30, 30)
    assert (encoding.sound.sample_count, encoding.sound.is_silence) == (72_000, False)
    assert set(files(with_tone)) == {
        "270p.mp4",
        "180p.mp4",
        "144p.mp4",
        "audio.m4a",
        "clip.mp4",
        "poster.jpg",
        "encode.json",
    }


def test_the_same_clip_gives_the_same_bytes(with_tone: Path, tmp_path: Path) -> None:
    encoded(tmp_path / "again", SPEC, sound=a_tone(tmp_path / "elsewhere.wav", 0.7))

    assert files(tmp_path / "again") == files(with_tone)


def test_the_recipe_still_gives_the_bytes_it_gave(with_tone: Path) -> None:
    """If these differ on purpose, raise `RECIPE`'s version; if by a newer ffmpeg, raise it with the pin."""
    made = {name: digest.short for name, digest in files(with_tone).items()}

    assert {name: made[name] for name in ("270p.mp4", "180p.mp4", "144p.mp4", "audio.m4a")} == GOLDEN


def test_measured_bitrates_are_those_of_the_files(with_tone: Path) -> None:
    for rendition in Encoding.read(with_tone).renditions:
        assert rendition.measured_bps == round((with_tone / rendition.file).stat().st_size * 8 / 1.5)


@pytest.mark.parametrize("colour", [(200, 60, 30), (20, 90, 220), (250, 250, 250)])
def test_colours_come_back_as_they_were_drawn(colour: tuple[int, int, int], tmp_path: Path) -> None:
    """A wrong matrix (601 for 709) or range shifts these by 10 levels and more; 4:2:0 and 8 bits by 3 at most."""
    flat = solid(480, 270, 0)
    flat[..., :3] = colour
    tmp_path.joinpath("out").mkdir()
    frames = dataclasses.replace(a_clip(5, width=480, height=270, fps=Fraction(30)), draw=lambda _: flat)
    encode(frames, a_small_spec(5), PREVIEW, a_soundtrack(tmp_path / "sound", a_small_spec(5)), TOOLS, tmp_path / "out")

    for name, width, height in (("270p", 480, 270), ("144p", 256, 144)):
        shown = picture(tmp_path / "out" / f"{name}.mp4", 2, width, height).reshape(-1, 3).mean(axis=0)
        assert shown == pytest.approx(colour, abs=3)


def test_the_poster_is_the_frame_at_sixty_percent(with_tone: Path) -> None:
    poster = np.asarray(Image.open(with_tone / "poster.jpg")).astype(int)

    shown = a_clip(45, width=480, height=270, fps=Fraction(30)).draw(27)[..., :3].astype(int)
    assert np.abs(poster - shown).mean() < 2


def test_a_short_sound_is_followed_by_silence_to_the_clips_end(with_tone: Path) -> None:
    """A tone at -16 LUFS in both channels has an amplitude of 0.17; what is silent is gated out of the measure, but not
    from the blocks of 0.4 s at its edge, so that 0.7 s of it come out 1 dB louder."""
    left, right = samples(with_tone / "audio.m4a")

    assert len(left) == 72_000
    assert np.abs(left - right).max() < 0.01  # coded together, not alike
    assert np.abs(left[4_800:28_800]).max() == pytest.approx(0.195, abs=0.02)
    assert np.abs(left[36_000:]).max() < 0.001


def test_a_long_sound_is_cut_without_a_click(tmp_path: Path) -> None:
    encoded(tmp_path / "out", SPEC, sound=a_tone(tmp_path / "long, with a: colon.wav", 4.0))

    left, _ = samples(tmp_path / "out" / "clip.mp4")

    assert len(left) == 72_000
    assert np.abs(left[36_000:70_000]).max() == pytest.approx(0.175, abs=0.02)
    assert np.abs(left[:48]).max() < 0.05
    assert np.abs(left[-48:]).max() < 0.05


def test_a_clip_without_sound_is_silent_and_says_so(tmp_path: Path) -> None:
    report = encoded(tmp_path / "out", a_small_spec(15))

    assert report.encoding.sound.is_silence
    assert not samples(tmp_path / "out" / "audio.m4a").any()


def test_a_refused_frame_stops_the_encoder_and_leaves_nothing(tmp_path: Path) -> None:
    def refuse(index: int, _: Frame) -> None:
        if index == 20:
            raise PolicyError("frame 20 is not the audited one")

    out = tmp_path / "out"
    out.mkdir()

    with pytest.raises(PolicyError, match="frame 20"):
        encode(BARS, SPEC, PREVIEW, a_soundtrack(tmp_path / "sound", SPEC), TOOLS, out, on_frame=refuse)

    assert list(out.iterdir()) == []


BARS = a_clip(45, width=480, height=270, fps=Fraction(30))
BROKEN = [
    (miscounted(BARS, 44), "ended after 44 of the 45 frames"),
    (miscounted(BARS, 46), "goes on after the 45 frames"),
    (resized(BARS, 10, 1, width=478, height=270), "frame 10 is uint8"),
]


@pytest.mark.parametrize(("frames", "found"), BROKEN)
def test_a_stream_that_breaks_its_promise_is_not_encoded(frames: SyntheticFrames, found: str, tmp_path: Path) -> None:
    tmp_path.joinpath("out").mkdir()

    with pytest.raises(PermanentError, match=found):
        encode(frames, SPEC, PREVIEW, a_soundtrack(tmp_path / "sound", SPEC), TOOLS, tmp_path / "out")

    assert list(tmp_path.joinpath("out").iterdir()) == []


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("keep")

    with pytest.raises(PermanentError, match="not empty"):
        encode(a_clip(5), SPEC, PREVIEW, tmp_path, TOOLS, tmp_path)

    assert (tmp_path / "mine").read_text() == "keep"


@pytest.mark.parametrize(
    ("fps", "gop_frames", "ticks"),
    [
        (Fraction(30), 30, 15_360),  # 30 doubled nine times
        (Fraction(30_000, 1_001), 30, 30_000),  # 29.97 to the nearest
        (Fraction(24_000, 1_001), 24, 24_000),  # 23.976
        (Fraction(63, 5), 13, 16_128),  # 12.6; 63 doubled eight times
        (Fraction(1, 2), 1, 16_384),  # never none; Python rounds 0.5 to 0
    ],
)
def test_a_gop_is_a_whole_number_of_frames(fps: Fraction, gop_frames: int, ticks: int) -> None:
    assert PREVIEW.gop_frames(fps) == gop_frames
    assert ticks_per_s(fps) == ticks


@pytest.mark.parametrize(("gop_s", "segment_s", "frames"), [(1, 1, 30), (1, 4, 120), (2, 6, 180), (4, 2, 120)])
def test_a_segment_is_a_whole_number_of_gops(gop_s: int, segment_s: int, frames: int) -> None:
    profile = PREVIEW.model_copy(update={"gop_s": gop_s, "segment_s": segment_s})

    assert profile.segment_frames(Fraction(30_000, 1_001)) == frames


def test_commands_name_no_place() -> None:
    shape = a_clip(45, width=480, height=270, fps=Fraction(30)).shape
    lines = [
        ladder_arguments(shape, Aspect.LANDSCAPE, PREVIEW),
        sound_arguments(Path("main.flac"), "audio.m4a", SPEC.duration_s, PREVIEW.audio),
        download_arguments(PREVIEW.rungs[0]),
    ]

    assert not [word for line in lines for word in line if word.startswith("/")]

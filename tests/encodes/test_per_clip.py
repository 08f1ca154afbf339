"""A ladder made for its clip: probes find the quality, are kept, leave useless rungs out, and what comes out is held
against what they promised."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quality_checks.check import Exhibit
from quality_checks.encodes import CHECKS
from quality_checks.thresholds import THRESHOLDS
from tests.synthetic.frames import SyntheticFrames
from tests.synthetic.media import PREVIEW, TOOLS, a_small_spec, a_soundtrack
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.encoders import Encoder
from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.clips.generation import FrameShape
from vidgen_assets.clips.profiles import OutputProfile, PerClip
from vidgen_assets.clips.verdicts import Outcome
from vidgen_assets.encodes import per_clip
from vidgen_assets.encodes.ladder import EncodeReport, EncoderFailed, Probed, encode
from vidgen_assets.encodes.per_clip import useful
from vidgen_assets.encodes.probes import Probe, sample_starts, sampled_shape, search
from vidgen_assets.encodes.vmaf import vmaf_of

SPEC = a_small_spec(30)
RUNGS = tuple(rung.model_copy(update={"bitrate_bps": 5_000_000}) for rung in PREVIEW.rungs)
"""Peaks that no rung meets."""
PROFILE = PREVIEW.model_copy(update={"rungs": RUNGS, "per_clip": PerClip(samples=2, sample_s=0.5)})
CONTENT = Digest.of_bytes(b"the frames")


@dataclass(frozen=True)
class InMemory:
    """A cupboard of this process."""

    held: dict[str, bytes] = field(default_factory=dict)

    def get(self, name: str) -> bytes | None:
        return self.held.get(name)

    def put(self, name: str, data: bytes) -> None:
        self.held[name] = data

    def delete(self, name: str) -> None:
        self.held.pop(name, None)


def noise() -> SyntheticFrames:
    """A grain that drifts: what costs an encoder bits at every size, and can be predicted."""
    grain = np.random.default_rng(7).integers(60, 190, (SPEC.height // 3, SPEC.width // 3), np.uint8)
    grain = np.kron(grain, np.ones((3, 3), np.uint8))
    still = np.stack([grain, grain, grain, np.full_like(grain, 255)], axis=-1)
    shape = FrameShape(SPEC.width, SPEC.height, SPEC.fps, SPEC.frame_count)
    return SyntheticFrames(shape, lambda index: np.roll(still, index, axis=1), SPEC.frame_count)


@pytest.fixture(scope="module")
def silence(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_soundtrack(tmp_path_factory.mktemp("sound") / "silence", SPEC)


def encoded_to(out: Path, silence: Path, cupboard: InMemory, profile: OutputProfile = PROFILE) -> EncodeReport:
    out.mkdir()
    return encode(noise(), SPEC, profile, silence, TOOLS, out, probed=Probed(CONTENT, cupboard))


@dataclass(frozen=True)
class First:
    report: EncodeReport
    folder: Path
    cupboard: InMemory


@pytest.fixture(scope="module")
def first(silence: Path, tmp_path_factory: pytest.TempPathFactory) -> First:
    """The clip with nothing known of it."""
    folder, cupboard = tmp_path_factory.mktemp("first") / "out", InMemory()
    return First(encoded_to(folder, silence, cupboard), folder, cupboard)


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize(("level", "tried_first"), [(27, None), (14, 30), (41, 20), (20, 27), (35, 14)])
def test_a_search_finds_the_highest_level_that_is_good_enough(level: int, tried_first: int | None) -> None:
    tried: list[int] = []

    def probe(at: int) -> Probe:
        tried.append(at)
        return Probe(at, 95.0 + 1.3 * (level - at), 1000.0 - at)

    assert search(probe, range(14, 42), 95.0, tried_first).level == level
    assert len(tried) == len(set(tried)) <= 7


def test_a_search_that_never_reaches_its_target_takes_the_best_there_is() -> None:
    assert search(lambda at: Probe(at, 80.0 - at / 10, 1.0), range(14, 42), 95.0).level == 14


def test_a_search_stops_where_more_would_be_too_good_to_matter() -> None:
    tried: list[int] = []

    def probe(at: int) -> Probe:
        tried.append(at)
        return Probe(at, 95.3, 1.0)

    assert search(probe, range(14, 42), 95.0, 25).level == 25
    assert tried == [25]


@pytest.mark.parametrize(
    ("frames", "sample", "samples", "starts"),
    [(150, 30, 3, (10, 60, 110)), (90, 30, 3, (0, 30, 60)), (45, 30, 3, (8,)), (1, 1, 3, (0,)), (61, 30, 2, (0, 31))],
)
def test_samples_are_spread_and_dont_overlap(
    frames: int, sample: int, samples: int, starts: tuple[int, ...]
) -> None:  # fmt: skip
    assert sample_starts(frames, sample, samples) == starts


def test_a_clip_shorter_than_a_sample_is_its_own() -> None:
    shape, starts, each = sampled_shape(FrameShape(16, 16, SPEC.fps, 4), PerClip())
    assert (shape.frame_count, starts, each) == (4, (0,), 4)


@pytest.mark.parametrize(
    ("bits", "kept"),
    [
        ((1000, 500, 200), ["a", "b", "c"]),
        ((1000, 850, 200), ["a", "c"]),  # hardly less than the first
        ((1000, 400, 390), ["a", "c"]),  # the last does it nearly as well
        ((1000, 990, 980), ["a", "c"]),  # the first and the last stay, whatever they need
        ((1000,), ["a"]),
    ],
)
def test_a_rung_that_saves_too_few_bits_is_left_out(bits: tuple[int, ...], kept: list[str]) -> None:
    found = {name: Probe(30, 95.0, float(need)) for name, need in zip("abc", bits, strict=False)}
    chosen, left_out = useful(found, 0.8)
    assert list(chosen) == kept
    assert {left.name for left in left_out} == set(found) - set(kept)
    assert all("kbit/s" in left.because for left in left_out)


def test_every_rung_is_as_good_as_it_has_to_be_and_nothing_is_left_lying_about(first: First) -> None:
    renditions = first.report.encoding.renditions
    assert [renditions[0].name, renditions[-1].name] == ["270p", "144p"]
    for rendition in renditions:
        assert rendition.quality is not None
        assert rendition.quality.samples_vmaf >= 95
        assert rendition.quality.vmaf > 94
    gone = {left.name for left in first.report.encoding.left_out or ()}
    assert {r.name for r in renditions} | gone == {"270p", "180p", "144p"}
    files = {path.name for path in first.folder.iterdir()}
    assert files == {f"{r.name}.mp4" for r in renditions} | {"audio.m4a", "clip.mp4", "encode.json", "poster.jpg"}


def test_a_second_time_nothing_is_probed_and_the_bytes_are_the_same(
    first: First, silence: Path, tmp_path: Path
) -> None:  # fmt: skip
    known = dict(first.cupboard.held)
    second = encoded_to(tmp_path / "second", silence, first.cupboard)
    assert first.cupboard.held == known
    assert second.cpu_s < first.report.cpu_s
    assert bytes_of(first.folder) == bytes_of(tmp_path / "second")


def test_another_target_asks_only_what_isnt_known_and_takes_fewer_bits(
    first: First, silence: Path, tmp_path: Path
) -> None:
    cupboard, rougher = InMemory(dict(first.cupboard.held)), PerClip(samples=2, sample_s=0.5, target_vmaf=85)
    rough = encoded_to(tmp_path / "rough", silence, cupboard, PROFILE.model_copy(update={"per_clip": rougher}))
    assert first.cupboard.held.items() < cupboard.held.items()
    assert rough.encoding.renditions[0].measured_bps < first.report.encoding.renditions[0].measured_bps


def test_a_rendition_worse_than_its_samples_promised_is_an_error_and_leaves_nothing(
    first: First, silence: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def coarser(*arguments: Any) -> per_clip.Choice:
        choice = chosen(*arguments)
        return replace(choice, kept={name: replace(probe, level=41) for name, probe in choice.kept.items()})

    chosen = per_clip.chosen
    monkeypatch.setattr(per_clip, "chosen", coarser)
    with pytest.raises(PermanentError, match=r"270p.mp4 came out with a VMAF of .*, and its samples with 95"):
        encoded_to(tmp_path / "out", silence, InMemory(dict(first.cupboard.held)))
    assert not any((tmp_path / "out").iterdir())


def test_a_rung_whose_peak_rate_isnt_enough_is_made_as_good_as_it_can_be_and_says_so(
    silence: Path, tmp_path: Path
) -> None:
    poor = tuple(rung.model_copy(update={"bitrate_bps": 60_000}) for rung in PREVIEW.rungs[:1])
    profile = PROFILE.model_copy(update={"rungs": poor})
    (only,) = encoded_to(tmp_path / "out", silence, InMemory(), profile).encoding.renditions
    assert only.quality is not None
    assert only.quality.samples_vmaf < only.quality.target_vmaf
    assert only.quality.level == profile.encoder.qualities[0]


def test_an_encoder_that_fails_in_a_probe_is_told_from_other_failures(silence: Path, tmp_path: Path) -> None:
    with pytest.raises(EncoderFailed, match="nonsense"):
        encoded_to(tmp_path / "out", silence, InMemory(), PROFILE.model_copy(update={"preset": "nonsense"}))
    assert not any((tmp_path / "out").iterdir())


def test_vmaf_is_high_for_the_same_pictures_and_refuses_to_compare_fewer(first: First) -> None:
    shape, top = noise().shape, first.report.encoding.renditions[0]
    size = (top.width, top.height)
    same, _ = vmaf_of(top.file, top.file, shape, size, TOOLS, first.folder)
    assert min(same) > 97  # what the model gives for equal pictures is close to 100, not always 100
    with pytest.raises(PermanentError, match="was to be compared in 50 pictures, and was in 30"):
        vmaf_of(top.file, top.file, replace(shape, frame_count=50), size, TOOLS, first.folder)
    assert "vmaf" not in " ".join(path.name for path in first.folder.iterdir())


@pytest.mark.parametrize(
    ("encoder", "preset"), [(Encoder.SVT_AV1, "12"), (Encoder.X265, "ultrafast")], ids=["av1", "hevc"]
)
def test_other_encoders_give_the_same_bytes_twice_and_keep_their_promise(
    encoder: Encoder, preset: str, silence: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = PREVIEW.model_copy(update={"encoder": encoder, "preset": preset, "name": "other"})
    for name in ("first", "second"):
        encoded_to(tmp_path / name, silence, InMemory(), profile)
    assert bytes_of(tmp_path / "first") == bytes_of(tmp_path / "second")
    monkeypatch.setattr("quality_checks.encodes.load_profiles", lambda: {"other": profile})
    exhibit = Exhibit(SPEC.model_copy(update={"profile": "other"}), tmp_path / "first", TOOLS, THRESHOLDS)
    for check in CHECKS:
        found = check.examine(exhibit)
        assert found.outcome is Outcome.PASS, found.reason

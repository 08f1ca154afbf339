"""What encoding costs and what a ladder made for each clip saves, on ten different clips of 720p.

`cost`: our ladder with its package, without probes and verification, against one bare ffmpeg process that reads the
same raw frames and writes the same renditions as segments with HLS and DASH manifests. CPU seconds of all processes.

`savings`: the profiles `per_clip` and `av1` against the fixed ladder of `standard`, which was written down before
anything was measured. All clips get one target; it is moved until the mean VMAF of the renditions, each at its own
size, is that of the fixed ladder within a point. Bytes are those of whole ladders, and of the rungs that both have.

    python benchmarks/encode.py cost --repeat 3
    python benchmarks/encode.py savings --seconds 5
"""

import argparse
import json
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import ffmpeg
import numpy as np
import torch
import yaml

from resources.media_tools import LocalMediaTools
from vidgen_assets.backdrops.scenes import render
from vidgen_assets.backdrops.vocabulary import Look
from vidgen_assets.clips.captions import CAPTIONS_FILE, Captions
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.ffmpeg_options import QUIET
from vidgen_assets.clips.generation import Frame, FrameShape
from vidgen_assets.clips.media_tools import Tool
from vidgen_assets.clips.profiles import OutputProfile, load_profiles
from vidgen_assets.clips.raw_frames import raw_frames
from vidgen_assets.clips.spec import Aspect, ClipSpec
from vidgen_assets.encodes.coding import coding, rate
from vidgen_assets.encodes.graph import fitted, in_yuv, lossless
from vidgen_assets.encodes.ladder import Probed, encode
from vidgen_assets.encodes.vmaf import vmaf_of
from vidgen_assets.manifests.package import package
from vidgen_assets.reports.preview import Wish, frames_of
from vidgen_assets.soundtracks.compose import Voices, compose
from vidgen_assets.templates.library import TemplateLibrary

_REPOSITORY = Path(__file__).parents[1]
_SHOP, _SHOWREEL = _REPOSITORY / "examples" / "lumen_shop", _REPOSITORY / "examples" / "showreel"
_WIDTH, _HEIGHT, _FPS = 1280, 720, Fraction(30)
_DEADLINE_S = 3600.0
_TOOLS = LocalMediaTools()
_EQUAL_VMAF = 1.0
_CARD = {
    "brand": "Lumen & Co.", "headline": "A lamp that follows the light of your day", "price": "€129",
    "supporting": "Warm at dusk, clear at noon, and silent at night.", "call_to_action": "Find your light",
}  # fmt: skip


@dataclass(frozen=True)
class Source:
    """Fills `FrameStream` with the frames of a raw file, read again each time."""

    path: Path
    shape: FrameShape

    def __iter__(self) -> Iterator[Frame]:
        size = self.shape.width * self.shape.height * 4
        with self.path.open("rb") as file:
            while data := file.read(size):
                yield np.frombuffer(data, np.uint8).reshape(self.shape.height, self.shape.width, 4)


class InMemory(dict[str, bytes]):
    """Fills `Cupboard`."""

    def put(self, name: str, data: bytes) -> None:
        self[name] = data

    def delete(self, name: str) -> None:
        self.pop(name, None)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("cost", "savings"))
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--clips", nargs="*", help="some of the ten alone")
    parser.add_argument("--profiles", nargs="*", default=["per_clip", "av1"])
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if wanted.what == "cost":
            _cost(Path(folder), wanted.seconds, wanted.repeat)
        else:
            _savings(Path(folder), wanted.seconds, wanted.clips, wanted.profiles)


# The ten clips.


def _clips(seconds: float) -> dict[str, Callable[[], Iterator[Frame]]]:
    """Four templates, three of the computed scenes enlarged as they are under templates, and three of ffmpeg's own
    sources: fine detail that grows, grain, and a test card."""
    size = f"s={_WIDTH}x{_HEIGHT}:r={_FPS}"
    return {
        "product card": lambda: _template("product_card", seconds),
        "news": lambda: _template("news_summary", seconds),
        "lesson": lambda: _template("lesson", seconds),
        "product 360": lambda: _template("product_360", seconds),
        "aurora": lambda: _scene(Look("teal", "aurora", "left", "steady", "dramatic"), seconds),
        "waves": lambda: _scene(Look("ocean", "waves", "up", "fast", "calm"), seconds),
        "stars": lambda: _scene(Look("violet", "stars", "in", "slow", "dramatic"), seconds),
        "fractal": lambda: _lavfi(f"mandelbrot={size}", seconds),
        "grain": lambda: _lavfi(f"gradients={size}:speed=0.02:seed=3,noise=alls=9:allf=t:all_seed=5", seconds),
        "test card": lambda: _lavfi(f"testsrc2={size}", seconds),
    }


def _template(name: str, seconds: float) -> Iterator[Frame]:
    if name == "product_card":
        words = dict(_CARD)
        pictures = {"image": [_SHOP / "pictures" / "dome_lamp.png"]}
    else:
        rows = yaml.safe_load((_SHOWREEL / "catalog.yaml").read_text(encoding="utf-8"))
        given = next(row for row in rows if row["template"] == name and row["language"] == "en")["variables"]
        pictures = {"pictures": [_SHOWREEL / path for path in given["pictures"]]}
        words = {key: tuple(v) if isinstance(v, list) else v for key, v in given.items() if key != "pictures"}
    template = TemplateLibrary().load(name)
    shortest_s = template.document.lengths.shortest_s
    whole = frames_of(Wish(template=template, variables=words, pictures=pictures, duration_s=max(seconds, shortest_s)))
    for number, frame in enumerate(whole):
        if number < round(seconds * _FPS):
            yield frame


def _scene(look: Look, seconds: float) -> Iterator[Frame]:
    """13 pictures of a scene, spread over the clip and faded between, enlarged."""
    scene = render(look, torch.Generator().manual_seed(11)).permute(0, 2, 3, 1).numpy()
    count = round(seconds * _FPS)
    small = (scene * 255).round().astype(np.uint8)

    def pictures() -> Iterator[bytes]:
        for number in range(count):
            at = number * (len(small) - 1) / max(1, count - 1)
            first = min(int(at), len(small) - 2)
            mixed = small[first] * (1 - (at - first)) + small[first + 1] * (at - first)
            yield mixed.round().astype(np.uint8).tobytes()

    height, width = small.shape[1:3]
    source = ffmpeg.input(
        "pipe:0", format="rawvideo", pixel_format="rgb24", video_size=(width, height), framerate=str(_FPS)
    )
    yield from _raw(source.filter("scale", _WIDTH, _HEIGHT, flags="bicubic"), seconds, pictures())


def _lavfi(graph: str, seconds: float) -> Iterator[Frame]:
    yield from _raw(ffmpeg.input(graph, format="lavfi", t=seconds), seconds)


def _raw(picture: Any, seconds: float, stdin: Iterator[bytes] | None = None) -> Iterator[Frame]:
    output = ffmpeg.output(picture, "pipe:1", format="rawvideo", pix_fmt="rgba", vframes=round(seconds * _FPS))
    arguments, size = output.global_args(*QUIET).get_args(), _WIDTH * _HEIGHT * 4
    if stdin is None:
        pieces: Iterator[Any] = _TOOLS.stream(Tool.FFMPEG, arguments, piece_bytes=size, deadline_s=_DEADLINE_S)
    else:
        pieces = _TOOLS.pipe(Tool.FFMPEG, arguments, stdin=stdin, piece_bytes=size, deadline_s=_DEADLINE_S)
    for piece in pieces:
        yield np.frombuffer(bytes(piece), np.uint8).reshape(_HEIGHT, _WIDTH, 4)


def _stored(frames: Iterator[Frame], path: Path) -> Source:
    count = 0
    with path.open("wb") as file:
        for frame in frames:
            file.write(np.ascontiguousarray(frame).tobytes())
            count += 1
    return Source(path, FrameShape(_WIDTH, _HEIGHT, _FPS, count))


def _spec(frames: Source, profile: str) -> ClipSpec:
    return ClipSpec.model_validate(
        {
            "clip_id": "clip", "catalog": "benchmark", "prompt": None, "template": "product_card", "variables": {},
            "script": None, "language": "en", "image": None, "audio": None, "use": "internal",
            "territories": ["worldwide"], "fps": str(frames.shape.fps), "frame_count": frames.shape.frame_count,
            "aspect": "16:9", "width": _WIDTH, "height": _HEIGHT, "seed": 1, "profile": profile, "priority": "batch",
            "campaign": "b", "owner": "b", "customer": "b",
            "route": {"backend": "template", "release": "template/product_card", "reason": "a benchmark"},
        }
    )  # fmt: skip


# What it costs.


def _cost(folder: Path, seconds: float, repeat: int) -> None:
    profile = load_profiles()["standard"]
    ours_s, bare_s = [], []
    print(f"{seconds:g} s of 720p, ladder and package of {profile.name}; medians of {repeat}")
    for name in ("product card", "waves", "fractal"):
        frames = _stored(_clips(seconds)[name](), folder / "frames.rgba")
        sound = _silence(folder / f"sound {name}", _spec(frames, profile.name))
        ours, bare = [], []
        for number in range(repeat):
            for work, times in ((_ours, ours), (_bare, bare)):
                times.append(_cpu_s(work, frames, profile, sound, folder / f"{name} {work.__name__} {number}"))
        ours_s.append(statistics.median(ours))
        bare_s.append(statistics.median(bare))
        print(
            f"{name:>14}: ours {ours_s[-1]:6.2f} CPU s, bare {bare_s[-1]:6.2f}, ratio {ours_s[-1] / bare_s[-1]:.3f}",
            flush=True,
        )
    print(f"{'all':>14}: ratio {sum(ours_s) / sum(bare_s):.3f}")


def _silence(folder: Path, spec: ClipSpec) -> Path:
    folder.mkdir()
    compose(spec.model_copy(update={"audio": None, "audio_description": None}), Voices(), None, _TOOLS, folder)
    return folder


def _cpu_s(
    work: Callable[[Source, OutputProfile, Path, Path], None], frames: Source, profile: OutputProfile, sound: Path,
    to: Path,
) -> float:  # fmt: skip
    """Of this process and its children."""
    to.mkdir()
    began = time.process_time() + _children_s()
    work(frames, profile, sound, to)
    return time.process_time() + _children_s() - began


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _ours(frames: Source, profile: OutputProfile, sound: Path, to: Path) -> None:
    spec = _spec(frames, profile.name)
    for name in ("encodes", "captions", "package"):
        (to / name).mkdir()
    encode(frames, spec, profile, sound, _TOOLS, to / "encodes")
    (to / "captions" / CAPTIONS_FILE).write_bytes(Captions(language=spec.language).to_bytes())
    package(to / "encodes", to / "captions", spec, profile, _TOOLS, to / "package")


def _bare(frames: Source, profile: OutputProfile, sound: Path, to: Path) -> None:
    """One ffmpeg: the same pictures and sound, coded the same, segmented, HLS and DASH, and the MP4 to download."""
    shape = frames.shape
    branches = in_yuv(raw_frames(shape)).filter_multi_output("split", len(profile.rungs))
    heard = ffmpeg.input(str(sound / "main.flac")).audio
    pictures = [fitted(branches[n], shape, rung.size(Aspect.LANDSCAPE)) for n, rung in enumerate(profile.rungs)]
    options: dict[str, Any] = {"acodec": "aac", "audio_bitrate": profile.audio.bitrate_bps, "pix_fmt": "yuv420p"}
    options |= coding(profile, profile.gop_frames(shape.fps))
    for number, rung in enumerate(profile.rungs):
        for name, value in rate(profile, rung).items():
            own = {"video_bitrate": "b", "maxrate": "maxrate", "bufsize": "bufsize"}[name]
            options[f"{own}:v:{number}"] = value
    packaged = ffmpeg.output(
        *pictures, heard, "manifest.mpd", format="dash", seg_duration=profile.segment_s, hls_playlist=1,
        use_template=1, adaptation_sets="id=0,streams=0 id=1,streams=1 id=2,streams=2 id=3,streams=3", **options,
    )  # fmt: skip
    _TOOLS.run(
        Tool.FFMPEG,
        packaged.global_args(*QUIET).get_args(),
        deadline_s=_DEADLINE_S,
        stdin=(frame.data.cast("B") for frame in frames),
        cwd=to,
    )


# What it saves.


@dataclass(frozen=True)
class Ladder:
    """Bytes and VMAF of the renditions that there are, by name."""

    size_bytes: Mapping[str, int]
    vmaf: Mapping[str, float]


def _savings(folder: Path, seconds: float, names: list[str] | None, profiles: list[str]) -> None:
    fixed_profile = load_profiles()["standard"]
    every = _clips(seconds)
    fixed: dict[str, Ladder] = {}
    known: dict[str, tuple[Source, InMemory]] = {}
    for name in names or list(every):
        frames = _stored(every[name](), folder / f"{name}.rgba")
        known[name] = (frames, InMemory())
        fixed[name] = _ladder(frames, fixed_profile, folder, InMemory())
        print(json.dumps({"clip": name, "profile": "standard", **_told(fixed[name])}), flush=True)
    for profile_name in profiles:
        _compare(load_profiles()[profile_name], fixed, known, folder)


def _compare(
    profile: OutputProfile, fixed: Mapping[str, Ladder], known: Mapping[str, tuple[Source, InMemory]], folder: Path
) -> None:
    how = profile.per_clip
    assert how is not None
    wanted = _mean_vmaf(fixed)
    target, tried = round(wanted), dict[float, dict[str, Ladder]]()
    while target not in tried and len(tried) < 4:
        aimed = profile.model_copy(update={"per_clip": how.model_copy(update={"target_vmaf": float(target)})})
        tried[target] = {}
        for name, (frames, kept) in known.items():
            tried[target][name] = _ladder(frames, aimed, folder, kept)
            print(json.dumps({"clip": name, "profile": profile.name, **_told(tried[target][name])}), flush=True)
        reached = _mean_vmaf(tried[target])
        print(json.dumps({"profile": profile.name, "target": target, "mean_vmaf": round(reached, 2)}), flush=True)
        if abs(reached - wanted) <= _EQUAL_VMAF:
            break
        target = min(98, max(50, round(target + wanted - reached)))
    target, made = min(tried.items(), key=lambda item: abs(_mean_vmaf(item[1]) - wanted))
    print(f"\n{profile.name}, target {target}, against standard: mean VMAF {_mean_vmaf(made):.2f} and {wanted:.2f}")
    whole, shared = [], []
    for name, ladder in made.items():
        both = [rung for rung in ladder.size_bytes if rung in fixed[name].size_bytes]
        whole.append(1 - sum(ladder.size_bytes.values()) / sum(fixed[name].size_bytes.values()))
        shared.append(1 - sum(ladder.size_bytes[r] for r in both) / sum(fixed[name].size_bytes[r] for r in both))
        told = json.dumps(_told(ladder))
        print(f"{name:>14}: {whole[-1]:6.1%} of the ladder, {shared[-1]:6.1%} of shared rungs; {told}")
    sums = [sum(sum(one.size_bytes.values()) for one in which.values()) for which in (made, fixed)]
    print(
        f"{'mean':>14}: {statistics.fmean(whole):6.1%} of the ladder, {statistics.fmean(shared):6.1%} of shared rungs"
    )
    print(f"{'all bytes':>14}: {1 - sums[0] / sums[1]:6.1%}\n", flush=True)


def _told(ladder: Ladder) -> dict[str, Any]:
    return {name: [size, round(ladder.vmaf[name], 1)] for name, size in ladder.size_bytes.items()}


def _mean_vmaf(ladders: Mapping[str, Ladder]) -> float:
    return statistics.fmean(value for ladder in ladders.values() for value in ladder.vmaf.values())


def _ladder(frames: Source, profile: OutputProfile, folder: Path, kept: InMemory) -> Ladder:
    """Encode, and look at every rendition in full."""
    spec = _spec(frames, profile.name)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        out, reference = Path(scratch) / "encodes", "whole.mkv"
        out.mkdir()
        sound = _silence(Path(scratch) / "sound", spec)
        probed: Any = Probed(Digest.of_bytes(str(frames.path).encode()), kept)  # type: ignore[arg-type]
        encoding = encode(frames, spec, profile, sound, _TOOLS, out, probed=probed).encoding
        whole = lossless(in_yuv(raw_frames(frames.shape)), reference).global_args(*QUIET).get_args()
        _TOOLS.run(
            Tool.FFMPEG, whole, deadline_s=_DEADLINE_S, stdin=(frame.data.cast("B") for frame in frames), cwd=out
        )
        sizes = {one.name: (out / one.file).stat().st_size for one in encoding.renditions}
        vmaf = {
            one.name: statistics.fmean(
                vmaf_of(one.file, reference, frames.shape, (one.width, one.height), _TOOLS, out, every=2)[0]
            )
            for one in encoding.renditions
        }
    return Ladder(sizes, vmaf)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()

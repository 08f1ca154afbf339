"""Sounds, encodings and packages of small synthetic clips, made by the real tools."""

import wave
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from resources.media_tools import LocalMediaTools
from tests.builders import a_spec
from tests.synthetic.frames import a_clip
from vidgen_assets.clips.captions import CAPTIONS_FILE, Captions
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.profiles import OutputProfile, load_profiles
from vidgen_assets.clips.spec import Aspect, ClipSpec, MediaFile
from vidgen_assets.encodes.ladder import EncodeReport, encode
from vidgen_assets.manifests.package import PackageReport, package
from vidgen_assets.soundtracks.compose import Voices, compose

TOOLS = LocalMediaTools()
PREVIEW = load_profiles()["preview"]


def a_small_spec(frame_count: int = 45, fps: Fraction = Fraction(30), **changes: Any) -> ClipSpec:
    """The preview profile wants a keyframe and a segment every second: 45 frames at 30 are one and a half."""
    aspect = changes.pop("aspect", Aspect.LANDSCAPE)
    width, height = PREVIEW.canvas(aspect)
    return a_spec(
        frame_count=frame_count, fps=fps, aspect=aspect, width=width, height=height, profile="preview", **changes
    )


def encoded(out: Path, spec: ClipSpec, *, sound: Path | None = None, profile: OutputProfile = PREVIEW) -> EncodeReport:
    """`out` is made; the frames are moving bars."""
    out.mkdir(parents=True)
    frames = a_clip(spec.frame_count, width=spec.width, height=spec.height, fps=spec.fps)
    return encode(frames, spec, profile, a_soundtrack(out.parent / f"{out.name}-sound", spec, sound), TOOLS, out)


def a_soundtrack(folder: Path, spec: ClipSpec, sound: Path | None = None) -> Path:
    """A soundtrack of `sound` alone, or of silence, in a new folder."""
    folder.mkdir(parents=True)
    audio = MediaFile(reference=sound.name, digest=Digest.of_file(sound), size_bytes=1) if sound else None
    compose(spec.model_copy(update={"audio": audio}), Voices(), sound, TOOLS, folder)
    return folder


def packaged(encodes: Path, out: Path, spec: ClipSpec, profile: OutputProfile = PREVIEW) -> PackageReport:
    out.mkdir(parents=True)
    captions = out.parent / f"{out.name}-captions"
    captions.mkdir()
    (captions / CAPTIONS_FILE).write_bytes(Captions(language=spec.language).to_bytes())
    return package(encodes, captions, spec, profile, TOOLS, out)


def a_tone(path: Path, duration_s: float, *, rate_hz: int = 44_100, pitch_hz: float = 440.0) -> Path:
    """A mono WAV at half of full scale, from its first sample to its last."""
    times_s = np.arange(round(duration_s * rate_hz)) / rate_hz
    samples = np.round(16_384 * np.cos(2 * np.pi * pitch_hz * times_s)).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(samples.tobytes())
    return path

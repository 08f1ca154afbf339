"""What tests of the remote backend start from: a release at a server, a spec for it, a desk, small real videos."""

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from resources.backends.remote import RemoteBackend
from resources.cupboard import StoreCupboard
from resources.media_tools import LocalMediaTools
from resources.object_store import ObjectStore
from resources.records import Records
from resources.spend_book import SpendBook
from resources.video_jobs import Pace
from resources.videos_api import Persistence
from resources.workshop import utc_now
from tests.builders import a_digest, a_served_release, a_spec
from tests.synthetic.frames import a_clip
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.generation import Desk
from vidgen_assets.clips.media_tools import Tool
from vidgen_assets.clips.spec import ClipSpec, Route
from vidgen_assets.models.release import ModelRelease

TOOLS = LocalMediaTools()
RELEASE = "served-wan.1"
WIDTH, HEIGHT, FPS, FRAMES = 64, 36, 8, 9
QUICK = Persistence(attempts=3, first_pause_s=0.01, longest_pause_s=0.05, jitter_s=0, silence_s=5)


def a_remote_release(url: str, *, source: dict[str, Any] | None = None, **changes: Any) -> ModelRelease:
    values: dict[str, Any] = {
        "source": {"kind": "endpoint", "url": url, "model": "wan", **(source or {})},
        "buckets": [{"width": WIDTH, "height": HEIGHT}],
        "sampling": {
            "steps": 4,
            "guidance_scale": 5.0,
            "negative_prompt": "blurry",
            "max_sequence_length": 64,
            "scheduler": {"class_name": "UniPCMultistepScheduler"},
        },
        "price_per_video_s": "0.10",
    }
    return a_served_release(RELEASE, **{**values, **changes})


def a_served_spec(**changes: Any) -> ClipSpec:
    values: dict[str, Any] = {
        "prompt": "a lamp at dusk",
        "template": None,
        "variables": {},
        "fps": Fraction(FPS),
        "frame_count": FRAMES,
        "width": WIDTH,
        "height": HEIGHT,
        "route": Route(backend="remote", release=RELEASE, reason="the row names it"),
    }
    return a_spec(**{**values, **changes})


def an_mp4(
    folder: Path, *, frame_count: int = FRAMES, width: int = WIDTH, height: int = HEIGHT, fps: int = FPS
) -> bytes:
    """Moving bars, nearly lossless."""
    path = folder / f"{frame_count}-{width}x{height}-{fps}.mp4"
    raw = ["-f", "rawvideo", "-pix_fmt", "rgba", "-s", f"{width}x{height}", "-r", str(fps), "-i", "pipe:0"]
    coded = ["-c:v", "libx264", "-preset", "ultrafast", "-qp", "4", "-pix_fmt", "yuv420p", f"file:{path}"]
    frames = a_clip(frame_count, width=width, height=height, fps=Fraction(fps))
    TOOLS.run(
        Tool.FFMPEG, ["-y", "-v", "error", *raw, *coded], deadline_s=60, stdin=(frame.tobytes() for frame in frames)
    )
    return path.read_bytes()


@dataclass(frozen=True)
class Pictures:
    """A `MediaShelf` of one file."""

    file: Path | None = None

    def path(self, digest: Digest) -> Path:
        assert self.file is not None
        return self.file


@dataclass
class Bench:
    """A store, and backends and desks over it: each `backend()` is what a new process would have."""

    folder: Path
    release: ModelRelease
    secret: str | None = None
    picture: Path | None = None
    objects: ObjectStore = field(init=False)

    def __post_init__(self) -> None:
        self.objects = ObjectStore(str(self.folder / "store"))

    @property
    def spend(self) -> SpendBook:
        return SpendBook(Records(self.objects), utc_now)

    def backend(self) -> RemoteBackend:
        return RemoteBackend(
            release_of=lambda _: self.release,
            spend=self.spend,
            media_tools=TOOLS,
            clock=utc_now,
            api_key=lambda _: self.secret,
            pace=Pace(first_s=0.01, longest_s=0.02),
            persistence=QUICK,
        )

    def desk(self, name: str = "work", is_interrupted: Callable[[], bool] = lambda: False) -> Desk:
        return Desk(a_digest(name), Pictures(self.picture), StoreCupboard(self.objects), is_interrupted)

"""The `remote` backend: a server with the videos API makes the clip, its latents are the MP4 as it was received.

An adapter only: a job's life is `resources/video_jobs.py`, the reading of its video `resources/video_frames.py`.
"""

import math
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any

from resources.settings import secret_from_environment
from resources.spend_book import SpendBook
from resources.video_frames import VIDEO_FRAMES_RECIPE, VideoFrames
from resources.video_jobs import JobRunner, Order, Pace
from resources.video_tickets import TicketPocket
from resources.videos_api import Persistence, VideosApi
from vidgen_assets.clips.errors import InputError, Interrupted
from vidgen_assets.clips.generation import Cupboard, Desk, FrameShape, FrameStream, Generated, MediaShelf
from vidgen_assets.clips.media_tools import MediaTools
from vidgen_assets.clips.spec import ClipSpec
from vidgen_assets.models.admission import Hardware, admit
from vidgen_assets.models.release import EndpointSource, ModelRelease

REMOTE_RECIPE = 1
_UNLIMITED = Hardware(memory_gib=math.inf, device="cuda")
_QUEUE_NAP_S = 0.5


@dataclass(frozen=True, slots=True)
class RemoteBackend:
    """Fills `GenerationBackend`. Keeps nothing between clips but how many jobs are under way at each server."""

    release_of: Callable[[str], ModelRelease]
    spend: SpendBook
    media_tools: MediaTools
    clock: Callable[[], datetime]
    api_key: Callable[[str], str | None] = secret_from_environment
    pace: Pace = field(default_factory=Pace)
    persistence: Persistence = field(default_factory=Persistence)
    _pools: "_Pools" = field(default_factory=lambda: _Pools(), init=False)

    @property
    def name(self) -> str:
        return "remote"

    @property
    def keeps_frames(self) -> bool:
        """The same MP4 decodes alike on every machine of a kind, but not across decoders and processors."""
        return True

    def follows_narration(self, spec: ClipSpec) -> bool:  # noqa: ARG002 - no pictures of a model keep time
        return False

    def admit(self, spec: ClipSpec) -> None:
        """Raises `PolicyError` for what the licence forbids, `InputError` for what the server can't be asked for."""
        self._request(spec)

    def latent_inputs(self, spec: ClipSpec) -> dict[str, Any]:
        """Not the server's address: a server that moved makes nothing again."""
        release = self.release_of(spec.route.release)
        source = _endpoint(release)
        return {
            "recipe": REMOTE_RECIPE,
            "model": source.model,
            "sampling": release.sampling.model_dump(mode="json"),
            "request": self._request(spec),
            "image": str(spec.image.digest) if spec.image else None,
        }

    def prepare(self, specs: Sequence[ClipSpec], media: MediaShelf, cupboard: Cupboard) -> None:
        """Nothing: a server prepares for itself."""

    def make_latents(self, spec: ClipSpec, desk: Desk) -> Generated:
        """The server's MP4. Raises `Interrupted` with the job's ticket kept, and what `videos_refusals` makes of a
        refusal; `CapacityError` where the day's budget is used up or the deadline passed."""
        release = self.release_of(spec.route.release)
        source = _endpoint(release)
        order = self._order(spec, release, desk)
        key = self.api_key(source.key_variable) if source.key_variable else None
        with (
            self._pools.slot(source, desk.is_interrupted),
            VideosApi(source.url, key, clock=self.clock, persistence=self.persistence) as api,
        ):
            pocket = TicketPocket(desk.cupboard, desk.key)
            runner = JobRunner(api, source, pocket, self.spend, self.clock, desk.is_interrupted, self.pace)
            delivery = runner.deliver(order)
        return Generated(
            delivery.video,
            fee=delivery.ticket.total_fee,
            provenance={
                "release": release.id,
                "release_digest": str(release.digest),
                "server": source.url,
                "job": delivery.ticket.job_id,
                "attempt": delivery.ticket.attempt,
                "submitted_at": delivery.ticket.submitted_at,
            },
        )

    def decode_inputs(self, spec: ClipSpec) -> dict[str, Any]:
        return {"recipe": VIDEO_FRAMES_RECIPE, "width": spec.width, "height": spec.height}

    def decode(self, spec: ClipSpec, latents: bytes, media: MediaShelf) -> FrameStream:  # noqa: ARG002 - all is in the MP4
        """Raises `PermanentError`, once read, for a video of another rate or with fewer frames than the spec has."""
        shape = FrameShape(spec.width, spec.height, spec.fps, spec.frame_count)
        return VideoFrames(latents, shape, self.media_tools)

    def _order(self, spec: ClipSpec, release: ModelRelease, desk: Desk) -> Order:
        return Order(
            key=desk.key,
            fields={"model": _endpoint(release).model, **self._request(spec)},
            image=desk.media.path(spec.image.digest).read_bytes() if spec.image else None,
            release_id=release.id,
            fee=release.price_per_video_s * _seconds(spec),
            budget=release.budget_per_day,
        )

    def _request(self, spec: ClipSpec) -> dict[str, str]:
        """The form's fields but for model and image, as the API's documentation names them.

        Size and length are said twice: `size` and `seconds` are OpenAI's, the rest the open servers' extensions.
        """
        release = self.release_of(spec.route.release)
        wanted = admit(spec, release, _UNLIMITED, None)
        sampling = release.sampling
        fields: dict[str, Any] = {
            "prompt": spec.prompt,
            "negative_prompt": sampling.negative_prompt or None,
            "size": str(wanted.bucket),
            "seconds": _seconds(spec),
            "num_frames": wanted.frame_count,
            "fps": _whole_rate(spec.fps),
            "num_inference_steps": sampling.steps,
            "guidance_scale": sampling.guidance_scale,
            "guidance_scale_2": sampling.guidance_scale_2,
            "seed": spec.seed,
        }
        return {name: str(value) for name, value in fields.items() if value is not None}


class _Pools:
    """How many jobs of this process may be under way at each server."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._semaphores: dict[tuple[str, int], threading.Semaphore] = {}

    @contextmanager
    def slot(self, source: EndpointSource, is_interrupted: Callable[[], bool]) -> Iterator[None]:
        """One of the server's places. Raises `Interrupted` while waiting for it."""
        with self._lock:
            place = (source.url, source.max_in_flight)
            semaphore = self._semaphores.setdefault(place, threading.Semaphore(source.max_in_flight))
        while not semaphore.acquire(timeout=_QUEUE_NAP_S):
            if is_interrupted():
                raise Interrupted("interrupted before anything was asked of the server", remedy="Run again.")
        try:
            yield
        finally:
            semaphore.release()


def _endpoint(release: ModelRelease) -> EndpointSource:
    if not isinstance(release.source, EndpointSource):
        remedy = "Register the release with a source of kind endpoint, or with the backend diffusion."
        raise InputError(f"{release.id} names no server", field="source", value=release.source.kind, remedy=remedy)
    return release.source


def _seconds(spec: ClipSpec) -> int:
    """Whole seconds, as the API takes them: what a server by `seconds` makes too long isn't shown."""
    return math.ceil(spec.duration_s)


def _whole_rate(fps: Fraction) -> int:
    if fps.denominator != 1:
        remedy = "Write a whole rate, or choose a model that is run here."
        raise InputError("servers take whole frame rates only", field="fps", value=str(fps), remedy=remedy)
    return fps.numerator

"""The remote backend against a server on this machine: makes clips, pays for none twice, says what was refused."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from resources.videos_refusals import EndpointMisconfigured
from tests.builders import a_digest
from tests.resources.backends.remote_desk import FRAMES, RELEASE, Bench, a_remote_release, a_served_spec, an_mp4
from tests.servers.videos_server import Answer, VideosServer
from tests.synthetic.frames import a_clip
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import (
    CapacityError,
    InputError,
    Interrupted,
    PermanentError,
    PolicyError,
    TransientError,
    VidgenError,
)
from vidgen_assets.clips.generation import GenerationBackend, Traced
from vidgen_assets.clips.spec import MediaFile, Use
from vidgen_assets.models.release import Licence

SPEC = a_served_spec()


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return an_mp4(tmp_path_factory.mktemp("video"))


@pytest.fixture
def server(video: bytes) -> Iterator[VideosServer]:
    with VideosServer(video) as running:
        yield running


@pytest.fixture
def bench(server: VideosServer, tmp_path: Path) -> Bench:
    return Bench(tmp_path, a_remote_release(server.url))


def test_the_servers_frames_are_the_clips(bench: Bench, server: VideosServer, video: bytes) -> None:
    backend: GenerationBackend = bench.backend()
    backend.admit(SPEC)
    made = backend.make_latents(SPEC, bench.desk())
    frames = backend.decode(SPEC, made.data, bench.desk().media)
    drawn = list(frames)

    assert made.data == video
    assert len(drawn) == FRAMES
    for frame, rendered in zip(drawn, a_clip(FRAMES, width=64, height=36), strict=True):
        assert frame.shape == (36, 64, 4)
        assert frame.flags.c_contiguous
        assert np.abs(frame.astype(int) - rendered.astype(int)).mean() < 6
    assert isinstance(frames, Traced)
    assert frames.provenance["frames_not_shown"] == 0


def test_the_request_says_everything_that_decides_the_video(bench: Bench, server: VideosServer) -> None:
    bench.secret = "s3cret"
    bench.release = a_remote_release(server.url, source={"key_variable": "SERVER_KEY"})
    bench.backend().make_latents(SPEC, bench.desk())

    (submission,) = server.submissions
    assert {name: value.decode() for name, value in submission.fields.items()} == {
        "model": "wan",
        "prompt": "a lamp at dusk",
        "negative_prompt": "blurry",
        "size": "64x36",
        "seconds": "2",
        "num_frames": "9",
        "fps": "8",
        "num_inference_steps": "4",
        "guidance_scale": "5.0",
        "seed": "7",
    }
    assert submission.headers["authorization"] == "Bearer s3cret"


def test_the_picture_is_sent(bench: Bench, server: VideosServer, tmp_path: Path) -> None:
    bench.picture = tmp_path / "lamp.png"
    bench.picture.write_bytes(b"\x89PNG\r\n\x1a\n and so on")
    image = MediaFile(reference="lamp.png", digest=a_digest("lamp"), size_bytes=17)
    bench.backend().make_latents(a_served_spec(image=image), bench.desk())

    assert server.submissions[0].fields["input_reference"] == bench.picture.read_bytes()


@pytest.mark.parametrize("answer", [Answer(429, headers={"Retry-After": "0"}), Answer(500), Answer(503), Answer(0)])
def test_trouble_that_passes_costs_no_second_job(bench: Bench, server: VideosServer, answer: Answer) -> None:
    server.on_submit.append(answer)
    server.on_look.append(answer)
    server.on_fetch.append(answer)
    bench.backend().make_latents(SPEC, bench.desk())

    assert server.job_count == 1


def test_a_long_retry_after_is_left_to_the_schedule(bench: Bench, server: VideosServer) -> None:
    server.on_submit.append(Answer(429, headers={"Retry-After": "3600"}))
    with pytest.raises(CapacityError, match="come back in 3600 s"):
        bench.backend().make_latents(SPEC, bench.desk())
    assert len(server.submissions) == 1


def test_a_server_that_stays_down_is_given_up(bench: Bench, server: VideosServer) -> None:
    server.on_submit.extend([Answer(503)] * 3)
    with pytest.raises(TransientError, match="503"):
        bench.backend().make_latents(SPEC, bench.desk())
    assert server.job_count == 0


def test_an_interrupted_job_is_fetched_by_the_next_process(bench: Bench, server: VideosServer, video: bytes) -> None:
    server.looks_until_done = 3
    with pytest.raises(Interrupted):
        bench.backend().make_latents(SPEC, bench.desk(is_interrupted=lambda: server.looks > 0))
    made = bench.backend().make_latents(SPEC, bench.desk())

    assert made.data == video
    assert len(server.submissions) == 1


def test_a_video_lost_from_the_cupboard_is_a_new_attempt(bench: Bench, server: VideosServer) -> None:
    bench.backend().make_latents(SPEC, bench.desk())
    bench.desk().cupboard.delete(f"remote/{a_digest('work').hex}.mp4")
    made = bench.backend().make_latents(SPEC, bench.desk())

    assert server.job_count == 2
    assert made.fee == Decimal("0.40")


def test_a_lost_answer_to_the_submission_begins_no_second_job(bench: Bench, server: VideosServer) -> None:
    server.drops_after_submitting = 1
    bench.backend().make_latents(SPEC, bench.desk())

    assert len(server.submissions) == 2
    assert server.job_count == 1


def test_a_crash_before_the_ticket_begins_no_second_job(bench: Bench, server: VideosServer) -> None:
    bench.release = a_remote_release(server.url, budget_per_day=Decimal("0.20"))
    server.drops_after_submitting = 3  # as many as are tried: the process never learns of its job
    with pytest.raises(TransientError):
        bench.backend().make_latents(SPEC, bench.desk())
    made = bench.backend().make_latents(SPEC, bench.desk())

    assert server.job_count == 1
    assert made.fee == bench.spend.spent_today(RELEASE) == Decimal("0.20")


def test_a_video_that_could_not_be_stored_is_not_made_again(bench: Bench, server: VideosServer, video: bytes) -> None:
    first = bench.backend().make_latents(SPEC, bench.desk())
    again = bench.backend().make_latents(SPEC, bench.desk())

    assert (again.data, again.fee) == (first.data, first.fee) == (video, Decimal("0.20"))
    assert len(server.submissions) == 1
    assert server.deleted == ["video_gen_0001"]


def test_a_forgotten_job_is_submitted_again_under_the_same_key(bench: Bench, server: VideosServer) -> None:
    with pytest.raises(Interrupted):
        bench.backend().make_latents(SPEC, bench.desk(is_interrupted=lambda: server.looks > 0))
    server.forget_everything()
    bench.backend().make_latents(SPEC, bench.desk())

    first, second = (submission.headers["idempotency-key"] for submission in server.submissions)
    assert first == second == f"{a_digest('work').hex}-0"
    assert bench.spend.spent_today(RELEASE) == Decimal("0.20")


def test_a_stalled_job_is_cancelled_and_made_anew(bench: Bench, server: VideosServer) -> None:
    bench.release = a_remote_release(server.url, source={"stall_s": 0.05})
    server.stands_still_at = 40
    with pytest.raises(TransientError, match="no progress") as caught:
        bench.backend().make_latents(SPEC, bench.desk())
    server.stands_still_at = None
    made = bench.backend().make_latents(SPEC, bench.desk())

    assert caught.value.field == "source.stall_s"
    assert server.deleted[0] == "video_gen_0001"
    assert server.submissions[1].headers["idempotency-key"].endswith("-1")
    assert made.fee == Decimal("0.40")  # the stalled job may be charged too


def test_a_late_job_is_a_matter_of_capacity(bench: Bench, server: VideosServer) -> None:
    bench.release = a_remote_release(server.url, source={"deadline_s": 0.05})
    server.stands_still_at = 0  # a server that tells of no progress is bounded by the deadline alone
    with pytest.raises(CapacityError, match="deadline"):
        bench.backend().make_latents(SPEC, bench.desk())
    assert server.deleted == ["video_gen_0001"]


def test_a_failed_job_is_replaced_by_another(bench: Bench, server: VideosServer) -> None:
    server.job_errors.append({"code": "internal_error", "message": "CUDA out of memory"})
    with pytest.raises(TransientError, match="CUDA out of memory"):
        bench.backend().make_latents(SPEC, bench.desk())
    made = bench.backend().make_latents(SPEC, bench.desk())

    assert server.job_count == 2
    assert made.fee == Decimal("0.20")  # servers charge for videos, not for failures


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"code": "content_policy_violation", "message": "no"}, PolicyError),
        ({"code": "moderation_blocked", "message": "no"}, PolicyError),
        ({"code": 422, "message": "height"}, InputError),
        ({"code": "insufficient_quota", "message": "pay"}, CapacityError),
        ("out of luck", TransientError),
    ],
)
def test_a_jobs_error_has_its_kind(bench: Bench, server: VideosServer, error: Any, kind: type[VidgenError]) -> None:
    server.job_errors.append(error)
    with pytest.raises(kind):
        bench.backend().make_latents(SPEC, bench.desk())


def _error(code: str, message: str = "said so") -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "param": None}}


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(400, _error("invalid_request_error")), InputError),
        (Answer(422, {"detail": [{"loc": ["body", "size"], "msg": "no such size"}]}), InputError),
        (Answer(413), InputError),
        (Answer(400, _error("content_policy_violation")), PolicyError),
        (Answer(403, _error("moderation_blocked")), PolicyError),
        (Answer(401, _error("invalid_api_key")), EndpointMisconfigured),
        (Answer(403), EndpointMisconfigured),
        (Answer(404, _error("model_not_found")), EndpointMisconfigured),
        (Answer(402), CapacityError),
        (Answer(429, _error("insufficient_quota")), CapacityError),
    ],
)
def test_a_refusal_has_its_kind_and_is_final(
    bench: Bench, server: VideosServer, answer: Answer, kind: type[VidgenError]
) -> None:
    server.on_submit.append(answer)
    with pytest.raises(kind) as caught:
        bench.backend().make_latents(SPEC, bench.desk())

    assert caught.value.remedy
    assert len(server.submissions) == 1


def test_a_wrong_key_dooms_no_clip() -> None:
    assert EndpointMisconfigured("no").kind.is_retriable


def test_a_refused_field_is_named(bench: Bench, server: VideosServer) -> None:
    server.on_submit.append(Answer(422, {"detail": [{"loc": ["body", "size"], "msg": "no such size"}]}))
    with pytest.raises(InputError, match="no such size") as caught:
        bench.backend().make_latents(SPEC, bench.desk())
    assert caught.value.field == "size"


def test_what_is_no_video_is_fetched_twice_and_then_refused(bench: Bench, server: VideosServer) -> None:
    server.on_fetch.extend([Answer(200, b"<html>a gateway's page</html>")] * 2)
    with pytest.raises(TransientError, match="no video"):
        bench.backend().make_latents(SPEC, bench.desk())
    with pytest.raises(PermanentError, match="twice"):
        bench.backend().make_latents(SPEC, bench.desk())
    assert server.job_count == 1


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"null", b'{"id": 3}', b'{"id": "../keys", "status": "queued"}'])
def test_an_answer_that_is_no_job_is_refused(bench: Bench, server: VideosServer, body: bytes) -> None:
    server.on_submit.extend([Answer(200, body)] * 3)
    with pytest.raises(TransientError):
        bench.backend().make_latents(SPEC, bench.desk())
    assert server.looks == 0


def test_a_redirect_to_another_server_is_not_followed(bench: Bench, server: VideosServer, video: bytes) -> None:
    with VideosServer(video) as elsewhere:
        server.on_fetch.append(Answer(302, headers={"Location": f"{elsewhere.url}/videos/video_gen_0001/content"}))
        with pytest.raises(EndpointMisconfigured, match="another server"):
            bench.backend().make_latents(SPEC, bench.desk())


def test_a_redirect_within_the_server_is_followed(bench: Bench, server: VideosServer, video: bytes) -> None:
    server.on_fetch.append(Answer(307, headers={"Location": "/v1/videos/video_gen_0001/content"}))
    assert bench.backend().make_latents(SPEC, bench.desk()).data == video


def test_the_budget_is_kept(bench: Bench, server: VideosServer) -> None:
    bench.release = a_remote_release(server.url, budget_per_day=Decimal("0.30"))
    bench.backend().make_latents(SPEC, bench.desk("one"))
    with pytest.raises(CapacityError, match=r"spent 0\.20, this clip 0\.20") as caught:
        bench.backend().make_latents(SPEC, bench.desk("two"))

    assert caught.value.field == "budget_per_day"
    assert server.job_count == 1


def test_no_more_jobs_are_in_flight_than_the_release_allows(bench: Bench, server: VideosServer) -> None:
    bench.release = a_remote_release(server.url, source={"max_in_flight": 2})
    server.looks_until_done = 4
    backend = bench.backend()
    with ThreadPoolExecutor(5) as threads:
        list(threads.map(lambda n: backend.make_latents(SPEC, bench.desk(f"work {n}")), range(5)))

    assert server.most_in_flight == 2
    assert server.job_count == 5


@pytest.mark.parametrize(
    "changes",
    [{"prompt": "a lamp at dawn"}, {"seed": 8}, {"frame_count": 13}, {"image": a_digest("lamp")}],
)
def test_what_decides_the_video_is_in_the_key(bench: Bench, changes: dict[str, Any]) -> None:
    if digest := changes.get("image"):
        changes = {"image": MediaFile(reference="lamp.png", digest=digest, size_bytes=3)}
    backend = bench.backend()
    assert Digest.of_json(backend.latent_inputs(a_served_spec(**changes))) != Digest.of_json(
        backend.latent_inputs(SPEC)
    )


def test_the_sampling_is_in_the_key_and_the_address_is_not(bench: Bench) -> None:
    inputs = bench.backend().latent_inputs(SPEC)
    moved = replace(bench, release=a_remote_release("https://moved.example/v1"))
    sampling = bench.release.sampling.model_copy(update={"steps": 5})
    resampled = replace(bench, release=a_remote_release("https://moved.example/v1", sampling=sampling))

    assert moved.backend().latent_inputs(SPEC) == inputs
    assert resampled.backend().latent_inputs(SPEC) != inputs


def test_a_rate_that_servers_cannot_be_asked_for_is_not_admitted(bench: Bench) -> None:
    rate = Fraction(24_000, 1_001)
    bench.release = a_remote_release("https://gpu.example/v1", fps=(rate,))
    with pytest.raises(InputError, match="whole frame rates") as caught:
        bench.backend().admit(a_served_spec(fps=rate))
    assert caught.value.field == "fps"


def test_a_use_that_the_licence_forbids_is_not_admitted(bench: Bench) -> None:
    bench.release = a_remote_release("https://gpu.example/v1", licence=Licence(name="NC", allows=(Use.RESEARCH,)))
    with pytest.raises(PolicyError):
        bench.backend().admit(SPEC)

"""The diffusion backend over tiny weights: what it keeps, resumes and refuses, and that the next clip is made."""

import shutil
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from resources.backends.diffusion import DiffusionBackend
from resources.backends.memory import OutOfMemory
from tests.builders import a_digest, a_spec
from tests.diffusion.desk import Drawer, Shelf
from tests.diffusion.releases import UNIPC, tiny_release
from vidgen_assets.clips.errors import CapacityError, ErrorKind, InputError, Interrupted, PermanentError
from vidgen_assets.clips.generation import Desk, Generated
from vidgen_assets.clips.spec import Aspect, ClipSpec, MediaFile, Route
from vidgen_assets.diffusion.latents_file import Latents
from vidgen_assets.models.admission import Hardware
from vidgen_assets.models.release import Bucket, Cache, Execution, FolderSource, ModelRelease, Tiling

HERE = Hardware(8.0, "cpu")
TILES = {"height": 64, "width": 128, "stride_height": 32, "stride_width": 96}
PICTURE = MediaFile(reference="lamp.png", digest=a_digest("lamp"), size_bytes=1)


def a_clip(clip_id: str = "clip", prompt: str = "soft blue waves", **changes: Any) -> ClipSpec:
    route = Route(backend="diffusion", release="tiny", reason="asked for by name")
    values = {"template": None, "variables": {}, "frame_count": 9, "fps": Fraction(16), "route": route}
    return a_spec(clip_id, prompt=prompt, **{**values, **changes})


def backend_of(release: ModelRelease) -> DiffusionBackend:
    return DiffusionBackend(lambda _: release, HERE)


def make(
    backend: DiffusionBackend, spec: ClipSpec, drawer: Drawer | None = None, shelf: Shelf | None = None, **desk: Any
) -> Generated:
    key = a_digest(f"{spec.prompt} {spec.seed}")
    return backend.make_latents(spec, Desk(key, shelf or Shelf(), drawer or Drawer(), **desk))


def copy_weights(release: ModelRelease, folder: Path, without: tuple[str, ...] = ()) -> None:
    assert isinstance(release.source, FolderSource)
    shutil.copytree(release.source.path, folder, ignore=shutil.ignore_patterns(*without))


def at(release: ModelRelease, folder: Path) -> ModelRelease:
    """The same release, its weights looked for in `folder`."""
    return release.model_copy(update={"source": FolderSource(path=str(folder))})


@pytest.fixture
def wan(tiny_folder: Callable[[str], Path]) -> ModelRelease:
    return tiny_release(tiny_folder("WanPipeline"), scheduler=UNIPC)


def test_a_clip_gets_latents_with_all_it_takes_to_decode_them_elsewhere(wan: ModelRelease) -> None:
    spec = a_clip()
    made = make(backend_of(wan), spec)
    latents = Latents.from_bytes(made.data)

    assert list(latents.tensor.shape) == latents.document["shape"] == [1, 4, 3, 8, 14]
    assert latents.document["layout"] == "BCFHW"
    assert latents.document["vae"] == wan.components["vae"]
    assert latents.document["normalisation"]["std"] == [1.0, 0.9, 1.1, 1.2]
    frames = list(backend_of(wan).decode(spec, made.data, Shelf()))  # a backend of its own: another process
    assert len(frames) == 9
    assert frames[0].shape == (270, 480, 4)
    assert (frames[0][..., 3] == 255).all()


def test_the_same_clip_is_the_same_bytes_and_another_seed_is_another_clip(wan: ModelRelease) -> None:
    backend = backend_of(wan)

    assert make(backend, a_clip()).data == make(backend_of(wan), a_clip()).data
    assert make(backend, a_clip(seed=8)).data != make(backend, a_clip()).data
    assert make(backend, a_clip(prompt="gold stars")).data != make(backend, a_clip()).data


def test_each_distinct_text_is_encoded_once_for_a_shard(wan: ModelRelease) -> None:
    backend, drawer = backend_of(wan), Drawer()
    shard = [a_clip(f"clip-{n}", prompt=("soft waves", "gold stars")[n % 2], seed=n) for n in range(6)]
    backend.prepare(shard, Shelf(), drawer)
    for spec in shard:
        make(backend, spec, drawer)

    assert len(drawer.named("embeds/")) == 3  # two prompts, and the negative one


def test_once_its_texts_are_encoded_a_clip_needs_no_text_encoder(wan: ModelRelease, tmp_path: Path) -> None:
    drawer = Drawer()
    whole = make(backend_of(wan), a_clip(), drawer)
    folder = tmp_path / "weights"
    copy_weights(wan, folder, without=("text_encoder",))
    (folder / "vae" / "diffusion_pytorch_model.safetensors").unlink()  # nor a VAE's weights
    without = at(wan, folder)

    assert make(backend_of(without), a_clip(), drawer).data == whole.data


def test_decoding_needs_the_vae_alone(wan: ModelRelease, tmp_path: Path) -> None:
    made, folder = make(backend_of(wan), a_clip()), tmp_path / "weights"
    copy_weights(wan, folder, without=("text_encoder", "transformer", "tokenizer"))
    vae_only = at(wan, folder)

    expected = next(iter(backend_of(wan).decode(a_clip(), made.data, Shelf())))
    assert np.array_equal(next(iter(backend_of(vae_only).decode(a_clip(), made.data, Shelf()))), expected)


def test_an_interrupted_clip_goes_on_in_another_process_and_says_from_where(wan: ModelRelease) -> None:
    drawer, asked = Drawer(), iter([False, False, True])  # once before the first step
    with pytest.raises(Interrupted):
        make(backend_of(wan), a_clip(), drawer, is_interrupted=lambda: next(asked))
    resumed = make(backend_of(wan), a_clip(), drawer)

    assert resumed.provenance["resumed_from_step"] == 2
    assert resumed.data == make(backend_of(wan), a_clip()).data
    assert [name for name in drawer.things if name.startswith("checkpoints/")]  # until the latents are safe
    resumed.once_kept()
    assert not [name for name in drawer.things if name.startswith("checkpoints/")]


def test_a_checkpoint_of_another_environment_is_left_and_said(
    wan: ModelRelease, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawer = Drawer()
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr("vidgen_assets.diffusion.environment.fingerprint", lambda _: "another machine")
        asked = iter([False, True])
        with pytest.raises(Interrupted):
            make(backend_of(wan), a_clip(), drawer, is_interrupted=lambda: next(asked))
    made = make(backend_of(wan), a_clip(), drawer)

    assert made.provenance["resumed_from_step"] == 0
    assert made.provenance["checkpoint_left"] == "step 1, made in another environment"


def test_with_a_cache_nothing_is_saved_and_the_reason_stands_with_the_clip(wan: ModelRelease) -> None:
    cached = wan.model_copy(update={"execution": Execution(cache=Cache(kind="first_block", threshold=0.1))})
    drawer = Drawer()
    made = make(backend_of(cached), a_clip(), drawer)

    assert not drawer.named("checkpoints/")
    assert "cache between steps" in made.provenance["not_resumable"]


def test_provenance_names_release_and_environment_and_stays_out_of_the_bytes(wan: ModelRelease) -> None:
    made = make(backend_of(wan), a_clip())
    renamed = make(backend_of(wan.model_copy(update={"id": "renamed"})), a_clip())

    assert made.provenance["release"] == "tiny"
    assert made.provenance["determinism"] == "exact"
    assert made.provenance["environment"]["torch"] == torch.__version__
    assert made.provenance["environment"]["instruction_set"]
    assert renamed.data == made.data


def test_what_decides_the_latents_is_their_key_and_a_name_is_not(wan: ModelRelease) -> None:
    def inputs(spec: ClipSpec = a_clip(), **changes: Any) -> dict[str, Any]:  # noqa: B008
        return backend_of(wan.model_copy(update=changes)).latent_inputs(spec)

    assert inputs(id="renamed") == inputs()
    assert inputs(a_clip("another", campaign="spring", width=960, height=540)) == inputs()
    sampling = wan.sampling.model_copy(update={"steps": 5})
    for other in (
        inputs(sampling=sampling),
        inputs(components={**wan.components, "transformer": a_digest("other weights")}),
        inputs(execution=Execution(dtype="bfloat16")),
        inputs(a_clip(seed=8)),
        inputs(a_clip(prompt="gold stars")),
        inputs(a_clip(frame_count=17)),
        inputs(a_clip(aspect=Aspect.SQUARE, width=270, height=270)),
        inputs(a_clip(fps=Fraction(8))),
    ):
        assert other != inputs()


def test_decoding_is_keyed_by_canvas_vae_and_tiles(wan: ModelRelease) -> None:
    tiled = Execution(tiling=Tiling(height=64, width=64, stride_height=48, stride_width=48))

    def inputs(spec: ClipSpec = a_clip(), **changes: Any) -> dict[str, Any]:  # noqa: B008
        return backend_of(wan.model_copy(update=changes)).decode_inputs(spec)

    assert inputs(a_clip(seed=8)) == inputs()
    assert inputs(a_clip(width=960, height=540)) != inputs()
    assert inputs(execution=tiled) != inputs()
    assert inputs(components={**wan.components, "vae": a_digest("other")}) != inputs()


def test_latents_of_another_vae_are_not_decoded(wan: ModelRelease) -> None:
    made = make(backend_of(wan), a_clip())
    other = wan.model_copy(update={"components": {**wan.components, "vae": a_digest("other")}})

    with pytest.raises(PermanentError, match="another VAE"):
        backend_of(other).decode(a_clip(), made.data, Shelf())


class TestTrouble:
    """Each a clear error for its clip, and the next clip is made."""

    def test_altered_weights_are_named_by_digest(self, wan: ModelRelease, tmp_path: Path) -> None:
        folder = tmp_path / "weights"
        copy_weights(wan, folder)
        weights = folder / "transformer" / "diffusion_pytorch_model.safetensors"
        data = bytearray(weights.read_bytes())
        data[-1] ^= 1
        weights.write_bytes(data)
        altered = backend_of(at(wan, folder))
        for _ in range(2):  # the second clip is told at once, and gets an error of its own
            with pytest.raises(PermanentError, match="not those that were registered") as told:
                make(altered, a_clip())
            assert str(wan.components["transformer"]) in str(told.value)
            assert "sha256:" in str(told.value.value)
        data[-1] ^= 1
        weights.write_bytes(data)
        assert make(altered, a_clip()).data == make(backend_of(wan), a_clip()).data  # mended while the process ran

    def test_missing_weights_are_the_deployments_lack_not_the_clips(self, wan: ModelRelease, tmp_path: Path) -> None:
        folder = tmp_path / "weights"
        copy_weights(wan, folder, without=("transformer",))
        away = at(wan, folder)
        with pytest.raises(CapacityError, match="transformer of the release tiny isn't there"):
            make(backend_of(away), a_clip())
        gone = at(wan, tmp_path / "nowhere")
        with pytest.raises(CapacityError, match="model_index"):
            backend_of(gone).admit(a_clip())

    def test_another_pipeline_class_is_named(self, wan: ModelRelease, tiny_folder: Callable[[str], Path]) -> None:
        wrong = wan.model_copy(update={"pipeline": "LTXPipeline"})
        with pytest.raises(PermanentError, match="another pipeline") as told:
            make(backend_of(wrong), a_clip(frame_count=9))
        assert told.value.value == "WanPipeline"
        assert told.value.allowed == "LTXPipeline"

    def test_weights_in_a_number_format_nobody_can_run_are_refused(self, wan: ModelRelease, tmp_path: Path) -> None:
        from safetensors.torch import load_file, save_file

        folder = tmp_path / "weights"
        copy_weights(wan, folder)
        file = folder / "transformer" / "diffusion_pytorch_model.safetensors"
        save_file({name: tensor.to(torch.int8) for name, tensor in load_file(file).items()}, file, {"format": "pt"})
        with pytest.raises(PermanentError, match="number format") as told:
            make(backend_of(tiny_release(folder, scheduler=UNIPC)), a_clip())
        assert "I8 in diffusion_pytorch_model.safetensors" in str(told.value)

    def test_a_release_for_a_gpu_says_that_there_is_none(self, wan: ModelRelease) -> None:
        if torch.cuda.is_available():
            pytest.skip("this machine has a GPU")
        on_gpu = wan.model_copy(update={"execution": Execution(device="cuda", dtype="bfloat16")})
        with pytest.raises(CapacityError, match="shows none"):
            make(backend_of(on_gpu), a_clip())

    def test_a_seed_out_of_range_is_refused_at_admission(self, wan: ModelRelease) -> None:
        with pytest.raises(InputError) as told:
            backend_of(wan).admit(a_clip(seed=2**53))
        assert told.value.field == "seed"

    def test_a_prompt_longer_than_the_encoder_takes_is_never_cut(self, wan: ModelRelease) -> None:
        backend_of(wan).admit(a_clip(prompt="soft " * 15))
        with pytest.raises(InputError, match="17 tokens long"):
            backend_of(wan).admit(a_clip(prompt="soft " * 16))

    def test_latents_that_are_no_numbers_fail_their_clip_and_the_next_one_is_made(
        self, wan: ModelRelease, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        backend = backend_of(wan)
        before = make(backend, a_clip(seed=9)).data
        with monkeypatch.context() as broken:
            broken.setattr("vidgen_assets.diffusion.families.wan.drawn", lambda shape, _: torch.full(shape, torch.nan))
            with pytest.raises(PermanentError, match="no numbers"):
                make(backend, a_clip())
        assert make(backend, a_clip(seed=9)).data == before


class TestPicture:
    @pytest.fixture
    def release(self, tiny_folder: Callable[[str], Path]) -> ModelRelease:
        return tiny_release(tiny_folder("WanImageToVideoPipeline"), "WanImageToVideoPipeline")

    @pytest.fixture
    def lamp(self, tmp_path: Path) -> Path:
        pixels = np.random.default_rng(0).integers(0, 255, (80, 120, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(tmp_path / "lamp.png")
        return tmp_path / "lamp.png"

    def test_the_picture_decides_the_clip_and_is_encoded_once(self, release: ModelRelease, lamp: Path) -> None:
        drawer = Drawer()
        first = make(backend_of(release), a_clip(image=PICTURE), drawer, Shelf(lamp))
        again = make(backend_of(release), a_clip(image=PICTURE), drawer, Shelf(lamp))

        assert first.data == again.data
        assert len(drawer.named("pictures/")) == 1
        other = a_clip(image=PICTURE.model_copy(update={"digest": a_digest("another lamp")}))
        Image.new("RGB", (64, 64), "red").save(lamp)
        assert make(backend_of(release), other, drawer, Shelf(lamp)).data != first.data

    def test_a_missing_picture_is_refused_at_admission(self, release: ModelRelease) -> None:
        with pytest.raises(InputError) as told:
            backend_of(release).admit(a_clip())
        assert told.value.field == "image"

    def test_a_file_that_is_no_picture_is_the_rows_fault(self, release: ModelRelease, tmp_path: Path) -> None:
        (tmp_path / "lamp.png").write_text("not a picture")
        with pytest.raises(InputError, match="no picture") as told:
            make(backend_of(release), a_clip(image=PICTURE), shelf=Shelf(tmp_path / "lamp.png"))
        assert told.value.value == "lamp.png"


class TestMemory:
    """The device runs out: once more with smaller levers, then final for the clip, with numbers."""

    # Half of 256x144 and three quarters of that, in whole latents of the coarsest VAE.
    SAID = "CUDA out of memory. Tried to allocate 20.00 GiB."

    def test_decoding_goes_on_in_tiles_and_says_so(
        self, tiny_folder: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from diffusers import AutoencoderKLWan

        release = tiny_release(tiny_folder("WanPipeline"), buckets=(Bucket(width=256, height=144),))
        spec, backend = a_clip(), backend_of(release)
        made = make(backend, spec)
        decode = AutoencoderKLWan.decode

        tried: list[bool] = []

        def only_tiles_fit(vae: Any, *args: Any, **kwargs: Any) -> Any:
            tried.append(vae.use_tiling)
            if not vae.use_tiling:
                raise torch.OutOfMemoryError(self.SAID)
            return decode(vae, *args, **kwargs)

        monkeypatch.setattr(AutoencoderKLWan, "decode", only_tiles_fit)
        stream: Any = backend.decode(spec, made.data, Shelf())
        assert len(list(stream)) == 9
        assert stream.provenance["memory_levers"]["tiling"] == TILES
        tried.clear()
        assert len(list(backend.decode(spec, made.data, Shelf()))) == 9
        assert tried == [True]  # a clip of that size isn't tried whole again

    def test_what_doesnt_fit_in_tiles_either_is_final_and_names_the_numbers(
        self, wan: ModelRelease, tiny_folder: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from diffusers import AutoencoderKLWan

        def never_fits(*_args: Any, **_kwargs: Any) -> Any:
            raise torch.OutOfMemoryError(self.SAID)

        release = tiny_release(tiny_folder("WanPipeline"), buckets=(Bucket(width=256, height=144),))
        backend, spec = backend_of(release), a_clip()
        made = make(backend, spec)
        with monkeypatch.context() as small:
            small.setattr(AutoencoderKLWan, "decode", never_fits)
            with pytest.raises(OutOfMemory) as told:
                list(backend.decode(spec, made.data, Shelf()))
        assert told.value.kind is ErrorKind.PERMANENT
        assert "9 frames of 256x144" in str(told.value)
        assert "tiles of 128x64" in str(told.value)
        assert str(told.value).count("20.00 GiB") == 2
        assert len(list(backend.decode(spec, made.data, Shelf()))) == 9  # the next clip has the device, in tiles

    def test_tiles_give_the_same_picture_but_for_their_seams(self, tiny_folder: Callable[[str], Path]) -> None:
        """The random VAE's own differences, blended: none of it shifted."""
        release = tiny_release(tiny_folder("WanPipeline"), buckets=(Bucket(width=256, height=144),))
        tiled = release.model_copy(update={"execution": Execution(tiling=Tiling(**TILES))})
        spec = a_clip(width=256, height=144)
        made = make(backend_of(release), spec)
        whole, cut = (
            np.stack(list(backend_of(each).decode(spec, made.data, Shelf()))).astype(float) for each in (release, tiled)
        )

        assert np.abs(whole - cut).max() > 0  # tiles were at work
        assert np.abs(whole - cut).mean() < 2.0
        assert np.abs(whole[:, -32:] - cut[:, -32:]).mean() < 2.0  # where shifts add up

    def test_a_text_encoder_that_doesnt_fit_is_its_clips_trouble_with_numbers(
        self, wan: ModelRelease, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def never_fits(*_args: Any, **_kwargs: Any) -> Any:
            raise torch.OutOfMemoryError(self.SAID)

        backend = backend_of(wan)
        monkeypatch.setattr("vidgen_assets.diffusion.encode.encode_text", never_fits)
        backend.prepare([a_clip()], Shelf(), Drawer())  # raises nothing
        with pytest.raises(OutOfMemory, match="encoding for tiny ran out of memory"):
            make(backend, a_clip())


def test_a_clip_that_waits_for_the_device_stops_without_a_step(wan: ModelRelease) -> None:
    drawer = Drawer()
    with pytest.raises(Interrupted, match="before its first step"):
        make(backend_of(wan), a_clip(), drawer, is_interrupted=lambda: True)
    assert not drawer.puts


def test_pictures_are_encoded_before_the_transformer_is_loaded_for_the_shard(
    tiny_folder: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vidgen_assets.diffusion import loading

    steps: list[str] = []
    load = loading.load_step

    def counted(release: ModelRelease, step: Any, cache: Path | None = None) -> Any:
        steps.append(step.value)
        return load(release, step, cache)

    monkeypatch.setattr(loading, "load_step", counted)
    release = tiny_release(tiny_folder("WanImageToVideoPipeline"), "WanImageToVideoPipeline")
    Image.new("RGB", (120, 80), "teal").save(tmp_path / "lamp.png")
    backend, drawer, shelf = backend_of(release), Drawer(), Shelf(tmp_path / "lamp.png")
    shard = [
        a_clip(f"clip-{n}", image=PICTURE.model_copy(update={"digest": a_digest(f"lamp {n}")}), seed=n)
        for n in range(3)
    ]
    backend.prepare(shard, shelf, drawer)
    for spec in shard:
        make(backend, spec, drawer, shelf)

    assert steps == ["text", "picture", "denoise"]


def test_an_altered_index_is_found_though_it_holds_no_weights(wan: ModelRelease, tmp_path: Path) -> None:
    folder = tmp_path / "weights"
    copy_weights(wan, folder)
    index = folder / "model_index.json"
    index.write_text(index.read_text().replace('"expand_timesteps": false', '"expand_timesteps": true'))

    with pytest.raises(PermanentError, match="files of model_index.json are not those"):  # noqa: RUF043
        make(backend_of(at(wan, folder)), a_clip())


def test_an_attention_backend_that_isnt_here_is_the_deployments_lack(wan: ModelRelease) -> None:
    fancy = wan.model_copy(update={"execution": Execution(attention="nonsense")})
    with pytest.raises(CapacityError, match="attention backend") as told:
        make(backend_of(fancy), a_clip())
    assert told.value.field == "execution.attention"
    assert make(backend_of(wan), a_clip()).data  # and the next release has its own

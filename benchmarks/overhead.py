"""What the factory costs on top of the work: a Dagster run of the whole graph against the bare functions in a loop.

Both make the same clips in one process with one worker; the bare loop makes, packages and examines them and keeps
nothing. Imports, instance and a first warm-up clip are outside of the clock. Prints seconds and their ratio.

    python benchmarks/overhead.py --clips 64 --seconds 1 --profile standard
"""

import argparse
import importlib
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import dagster as dg

from quality_checks.catalogue import REQUIRED
from quality_checks.check import Exhibit
from quality_checks.thresholds import THRESHOLDS
from resources.settings import Settings, read_settings
from resources.workshop import Workshop, open_workshop
from tests.end_to_end.catalogs import a_clip, write_catalog
from vidgen_assets.automation.enrol import Enrolment, enrol
from vidgen_assets.captions.files import subrip, webvtt
from vidgen_assets.catalogs.source import read_source
from vidgen_assets.cli.session import dagster_instance
from vidgen_assets.clips.captions import CAPTIONS_FILE, SUBRIP_FILE, WEBVTT_FILE, Captions
from vidgen_assets.clips.digest import Digest, canonical_json
from vidgen_assets.clips.generation import Desk
from vidgen_assets.clips.profiles import load_profiles
from vidgen_assets.clips.spec import ClipRequest
from vidgen_assets.definitions import build_defs
from vidgen_assets.encodes.ladder import encode
from vidgen_assets.frames.record import record_frames, verify_frame
from vidgen_assets.manifests.package import package
from vidgen_assets.prompts.asset import prompts_task, spec_of
from vidgen_assets.soundtracks.compose import Voices, compose


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=64)
    parser.add_argument("--seconds", type=int, default=1)
    parser.add_argument("--profile", default="standard")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        like = {"duration_s": str(wanted.seconds), "profile": wanted.profile}
        catalog = write_catalog(home / "shop" / "shop.csv", [a_clip(f"clip-{n}", **like) for n in range(wanted.clips)])
        warm_up = write_catalog(home / "warm" / "warm.csv", [a_clip("warm")])
        settings = read_settings({"VIDGEN_HOME": str(home / "home"), "VIDGEN_WORKERS": "1"})
        importlib.import_module("great_expectations")  # by a check otherwise, inside of the clock
        with dagster_instance(settings) as instance:
            _in_the_factory(warm_up, settings, instance)
            _bare(warm_up, settings)
            bare = _timed(lambda: _bare(catalog, settings))
            factory = _timed(lambda: _in_the_factory(catalog, settings, instance))
    print(f"{wanted.clips} clips of {wanted.seconds} s, profile {wanted.profile}, one worker")
    for name, (wall_s, cpu_s) in {"bare functions": bare, "factory": factory}.items():
        print(f"{name:>15}: {wall_s:7.2f} s wall, {cpu_s:7.2f} s CPU, {wall_s / wanted.clips * 1000:6.0f} ms a clip")
    print(f"          ratio: {factory[0] / bare[0]:7.3f} wall, {factory[1] / bare[1]:7.3f} CPU")


def _timed(work: Callable[[], None]) -> tuple[float, float]:
    """Wall and processor seconds of `work`, children included."""
    wall, cpu = time.monotonic(), sum(os.times()[:4])
    work()
    return time.monotonic() - wall, sum(os.times()[:4]) - cpu


def _in_the_factory(catalog: Path, settings: Settings, instance: dg.DagsterInstance) -> None:
    enrolment = _enrolled(catalog, _shop(settings))
    job = build_defs(settings).resolve_job_def("make_clips")
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    instance.add_dynamic_partitions("shards", enrolment.shards)
    for shard in enrolment.shards:
        assert job.execute_in_process(instance=instance, partition_key=shard, run_config=quiet).success


def _bare(catalog: Path, settings: Settings) -> None:
    shop = _shop(settings)
    enrolment = _enrolled(catalog, shop)
    for row in enrolment.version.rows:
        assert row.request is not None
        with tempfile.TemporaryDirectory() as scratch:
            _make_and_examine(row.request, enrolment, shop, Path(scratch))


def _make_and_examine(request: ClipRequest, enrolment: Enrolment, shop: Workshop, scratch: Path) -> None:
    """The work of every stage on one clip, and every check on what it made."""
    version = enrolment.version
    spec = spec_of(prompts_task(request, version.name, version.base_uri), shop, keep_media=True)
    backend, profile = shop.backends[spec.route.backend], load_profiles()[spec.profile]
    made = {name: scratch / name for name in REQUIRED}
    made["prompts"].write_bytes(canonical_json(spec.to_json()))
    desk = Desk(Digest.of_bytes(b"a clip"), shop.artifacts, shop.cupboard)
    made["latents"].write_bytes(backend.make_latents(spec, desk).data)
    recording = record_frames(backend.decode(spec, made["latents"].read_bytes(), shop.artifacts), recipe={})
    made["frames"].write_bytes(recording.to_bytes())
    for folder in ("soundtracks", "captions", "encodes", "manifests"):
        made[folder].mkdir()
    sound = shop.artifacts.path(spec.audio.digest) if spec.audio else None
    compose(spec, Voices(), sound, shop.media, made["soundtracks"])
    captions = Captions(language=spec.language)
    (made["captions"] / CAPTIONS_FILE).write_bytes(captions.to_bytes())
    (made["captions"] / WEBVTT_FILE).write_text(webvtt(captions))
    (made["captions"] / SUBRIP_FILE).write_text(subrip(captions))
    frames = backend.decode(spec, made["latents"].read_bytes(), shop.artifacts)
    encode(frames, spec, profile, made["soundtracks"], shop.media, made["encodes"], on_frame=verify_frame(recording))
    package(made["encodes"], made["captions"], spec, profile, shop.media, made["manifests"])
    for stage, checks in REQUIRED.items():
        exhibit = Exhibit(spec=spec, path=made[stage], tools=shop.media, thresholds=THRESHOLDS)
        for check in checks:
            finding = check.examine(exhibit)
            assert not finding.outcome.severity, f"{check.id}: {finding.reason}"


def _shop(settings: Settings) -> Workshop:
    return open_workshop(settings.store_url, home=settings.home, workers=1)


def _enrolled(catalog: Path, shop: Workshop) -> Enrolment:
    return enrol(read_source(catalog), str(catalog.parent), shop)


if __name__ == "__main__":
    main()

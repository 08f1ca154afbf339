"""Everything a stage may touch, in one hand: stores, records, gate, signer, tools, backends, prices, a clock.

Plain Python; `factory.py` builds it from configuration for Dagster, tests build it over a temporary folder.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

from resources.arrival_book import ArrivalBook
from resources.artifact_store import ArtifactStore
from resources.backends import build_backends
from resources.catalog_book import CatalogBook
from resources.cupboard import StoreCupboard
from resources.gate import Gate
from resources.keys import Signer, open_signer
from resources.ledgers import Ledgers
from resources.media_intake import MediaIntake
from resources.media_tools import LocalMediaTools
from resources.model_registry import ModelRegistry
from resources.object_store import ObjectStore
from resources.picture_guard import ConfiguredGuard
from resources.publications import Publications
from resources.records import Records
from resources.release_shelf import is_delivered
from resources.route_book import RouteBook
from resources.speech.plugged import PluggedVoices, read_voices
from resources.speech.studio import Studio
from resources.spend_book import SpendBook
from resources.verdict_book import VerdictBook
from resources.work_memo import WorkMemo
from vidgen_assets.clips.generation import GenerationBackend
from vidgen_assets.clips.media_tools import MediaTools
from vidgen_assets.clips.picture_guard import PictureGuard
from vidgen_assets.clips.prices import PriceBook, load_price_book
from vidgen_assets.clips.speech import SpeechEngine
from vidgen_assets.models.admission import Hardware
from vidgen_assets.templates.library import TemplateLibrary


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Workshop:
    """One deployment's means of work. `scratch` is local and may vanish; `workers` clips are worked on at a time."""

    objects: ObjectStore
    artifacts: ArtifactStore
    records: Records
    memo: WorkMemo
    ledgers: Ledgers
    verdicts: VerdictBook
    publications: Publications
    gate: Gate
    models: ModelRegistry
    routes: RouteBook
    catalogs: CatalogBook
    intake: MediaIntake
    arrivals: ArrivalBook
    guard: PictureGuard
    signer: Signer
    media: MediaTools
    templates: TemplateLibrary
    backends: Mapping[str, GenerationBackend]
    cupboard: StoreCupboard
    speech: SpeechEngine
    prices: PriceBook
    hardware: Hardware
    model_cache: Path | None
    clock: Callable[[], datetime]
    scratch: Path
    workers: int

    def now(self) -> str:
        """The time as records write it: ISO 8601, UTC, milliseconds."""
        return self.clock().isoformat(timespec="milliseconds")


def open_workshop(
    store_url: str,
    *,
    home: Path,
    production: bool = False,
    signing_key_file: Path | None = None,
    workers: int | None = None,
    media_roots: Sequence[str] = (),
    gpu_memory_gib: float | None = None,
    model_cache: Path | None = None,
    speech_voices: Path | None = None,
    template_folders: Sequence[Path] = (),
    arrivals: Path | None = None,
    picture_guard: str | None = None,
    clock: Callable[[], datetime] = utc_now,
    media: MediaTools | None = None,
    backends: Mapping[str, GenerationBackend] | None = None,
) -> Workshop:
    """Open or begin a deployment at `store_url`, with keys, cache and scratch under `home`.

    `arrivals` is the folder that uploads come to, `home / "arrivals"` if it isn't given; `picture_guard` names the
    function that looks at their pictures. `gpu_memory_gib` is that of the cards where models run; without it they run
    on this machine's processor.
    """
    objects = ObjectStore(store_url)
    artifacts = ArtifactStore(objects, cache=home / "cache")
    records = Records(objects)
    signer = open_signer(home / "keys", key_file=signing_key_file, production=production)
    ledgers, verdicts = Ledgers(records), VerdictBook(records, signer)
    publications = Publications(records, signer)
    spend = SpendBook(records, clock)
    models, hardware, tools = ModelRegistry(records, signer), _hardware(gpu_memory_gib), media or LocalMediaTools()
    templates = TemplateLibrary(tuple(template_folders))
    cupboard = StoreCupboard(objects)
    plugged = PluggedVoices(read_voices(speech_voices) if speech_voices else {})
    scratch = home / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    return Workshop(
        objects=objects,
        artifacts=artifacts,
        records=records,
        memo=WorkMemo(objects, artifacts),
        ledgers=ledgers,
        verdicts=verdicts,
        publications=publications,
        gate=Gate(
            artifacts,
            ledgers,
            verdicts,
            publications,
            suspended=models.suspended,
            is_delivered=lambda address: is_delivered(address, objects),
        ),
        models=models,
        routes=RouteBook(records, signer),
        catalogs=CatalogBook(records, artifacts),
        intake=MediaIntake(artifacts, tuple(media_roots)),
        arrivals=ArrivalBook(records, objects, arrivals or home / "arrivals"),
        guard=ConfiguredGuard(picture_guard, is_required=production),
        signer=signer,
        media=tools,
        templates=templates,
        backends=backends or build_backends(models.release, hardware, model_cache, spend, tools, clock, templates),
        cupboard=cupboard,
        speech=Studio(plugged, cupboard),
        prices=load_price_book(),
        hardware=hardware,
        model_cache=model_cache,
        clock=clock,
        scratch=scratch,
        workers=workers or os.cpu_count() or 1,
    )


def _hardware(gpu_memory_gib: float | None) -> Hardware:
    if gpu_memory_gib is not None:
        return Hardware(gpu_memory_gib, "cuda")
    return Hardware(psutil.virtual_memory().total / 2**30, "cpu")

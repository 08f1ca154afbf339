"""`vidgen doctor`: does everything the factory stands on work here? Each line is something that was tried."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from resources.settings import Settings
from resources.workshop import Workshop, open_workshop
from vidgen_assets.cli.session import make_home
from vidgen_assets.clips.errors import VidgenError

_PROBE_SERIES = "doctor"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    subject: str
    is_well: bool
    says: str


def examine(settings: Settings) -> Iterator[Diagnosis]:
    """One diagnosis after the other; nothing that is broken keeps the rest from being tried."""
    try:
        make_home(settings)
        shop = open_workshop(
            settings.store_url,
            home=settings.home,
            production=settings.production,
            signing_key_file=settings.signing_key_file,
            workers=settings.workers,
            media_roots=settings.media_roots,
            gpu_memory_gib=settings.gpu_memory_gib,
            model_cache=settings.model_cache,
        )
    except VidgenError as error:
        yield Diagnosis("deployment", False, str(error))
        return
    for subject, look in (
        ("store", _store),
        ("signing key", _signing_key),
        ("media tools", _media_tools),
        ("backends", _backends),
        ("models", _models),
        ("compute", _compute),
    ):
        yield _tried(subject, look, shop)


def _tried(subject: str, look: Callable[[Workshop], str], shop: Workshop) -> Diagnosis:
    try:
        return Diagnosis(subject, True, look(shop))
    except VidgenError as error:
        return Diagnosis(subject, False, str(error))
    except Exception as error:  # noqa: BLE001 - a broken installation raises anything, and is what is looked for
        return Diagnosis(subject, False, f"unexpected {type(error).__name__}: {error}")


def _store(shop: Workshop) -> str:
    """Two creates of one key: the second must be refused, or ledgers could overwrite each other."""
    number = shop.records.append(_PROBE_SERIES, b"probe")
    key = f"records/{_PROBE_SERIES}/{number:08d}"
    refused = not shop.objects.create(key, b"other")
    kept = shop.objects.get(key) == b"probe"
    shop.objects.delete(key)
    if not (refused and kept):
        raise VidgenError(
            "the store overwrote a key that existed",
            field="store_url",
            value=shop.objects.url,
            remedy="Use a store with conditional writes (If-None-Match); without them records are not append-only.",
        )
    return f"{shop.objects.url}: writes, reads, refuses to overwrite"


def _signing_key(shop: Workshop) -> str:
    signature = shop.signer.sign(b"probe")
    if not shop.signer.verifies(shop.signer.key_id, signature, b"probe"):
        raise VidgenError("the signing key does not verify its own signature")
    note = " (made on first use; refused in production)" if shop.signer.is_development else ""
    return f"{shop.signer.key_id}{note}"


def _media_tools(shop: Workshop) -> str:
    return "; ".join(f"{tool}: {build}" for tool, build in shop.media.versions().items())


def _backends(shop: Workshop) -> str:
    return ", ".join(sorted(shop.backends))


def _models(shop: Workshop) -> str:
    """Reads every event of the registry: one that can't be trusted is told here."""
    standings = shop.models.state().releases.values()
    listed = [f"{standing.release.id} ({standing.status.value})" for standing in standings]
    memory = f"{shop.hardware.memory_gib:.0f} GiB on {shop.hardware.device}"
    return f"{', '.join(listed) or 'none registered'}; {memory}"


def _compute(_shop: Workshop) -> str:
    import torch

    gpus = [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())]
    return f"torch {torch.__version__}, {torch.get_num_threads()} threads, {', '.join(gpus) or 'no GPU'}"

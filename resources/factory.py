"""The workshop as a Dagster resource: configuration in, everything a stage may touch out."""

from functools import lru_cache
from pathlib import Path

import dagster as dg

from resources.settings import Settings
from resources.workshop import Workshop, open_workshop


class Factory(dg.ConfigurableResource["Factory"]):
    """One deployment of the factory: its store, keys and means of work."""

    store_url: str
    home: str
    inbox: str = ""  # a folder or an object-store prefix; the sensor looks there for catalogs
    production: bool = False
    signing_key_file: str | None = None
    workers: int | None = None
    media_roots: list[str] = []  # noqa: RUF012 - pydantic copies it
    gpu_memory_gib: float | None = None
    model_cache: str | None = None
    speech_voices: str | None = None  # a file that says which configured voice speaks which language
    template_folders: list[str] = []  # noqa: RUF012 - pydantic copies it
    arrivals: str | None = None  # the folder that uploads come to
    picture_guard: str | None = None  # the function that looks at their pictures, `module:function`

    @classmethod
    def of(cls, settings: Settings) -> "Factory":
        return cls(
            store_url=settings.store_url,
            home=str(settings.home),
            inbox=settings.inbox,
            production=settings.production,
            signing_key_file=str(settings.signing_key_file) if settings.signing_key_file else None,
            workers=settings.workers,
            media_roots=list(settings.media_roots),
            gpu_memory_gib=settings.gpu_memory_gib,
            model_cache=str(settings.model_cache) if settings.model_cache else None,
            speech_voices=str(settings.speech_voices) if settings.speech_voices else None,
            template_folders=[str(folder) for folder in settings.template_folders],
            arrivals=str(settings.arrivals),
            picture_guard=settings.picture_guard,
        )

    def workshop(self) -> Workshop:
        """The workshop, opened once per process."""
        return _open(
            self.store_url,
            self.home,
            self.production,
            self.signing_key_file,
            self.workers,
            tuple(self.media_roots),
            self.gpu_memory_gib,
            self.model_cache,
            self.speech_voices,
            tuple(self.template_folders),
            self.arrivals,
            self.picture_guard,
        )


@lru_cache(maxsize=8)
def _open(
    store_url: str,
    home: str,
    production: bool,
    key_file: str | None,
    workers: int | None,
    media_roots: tuple[str, ...],
    gpu_memory_gib: float | None,
    model_cache: str | None,
    speech_voices: str | None,
    template_folders: tuple[str, ...],
    arrivals: str | None,
    picture_guard: str | None,
) -> Workshop:
    return open_workshop(
        store_url,
        home=Path(home),
        production=production,
        signing_key_file=Path(key_file) if key_file else None,
        workers=workers,
        media_roots=media_roots,
        gpu_memory_gib=gpu_memory_gib,
        model_cache=Path(model_cache) if model_cache else None,
        speech_voices=Path(speech_voices) if speech_voices else None,
        template_folders=[Path(folder) for folder in template_folders],
        arrivals=Path(arrivals) if arrivals else None,
        picture_guard=picture_guard,
    )

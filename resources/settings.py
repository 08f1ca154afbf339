"""The only reader of the environment: where home and store are, and which deployment this is.

| variable | meaning | default |
|---|---|---|
| `VIDGEN_HOME` | keys, cache, scratch, and Dagster's home on a laptop | `.vidgen` in the working folder |
| `VIDGEN_STORE_URL` | artifacts and records: a folder or `s3://…`, `gs://…`, `az://…` | `$VIDGEN_HOME/store` |
| `VIDGEN_INBOX` | the folder or bucket prefix whose catalogs the sensor registers | `$VIDGEN_HOME/inbox` |
| `VIDGEN_ARRIVALS` | the folder whose videos the light path takes in | `$VIDGEN_HOME/arrivals` |
| `VIDGEN_PICTURE_GUARD` | `module:function` that looks at uploaded pictures, or `none` | none; in production required |
| `VIDGEN_MEDIA_ROOTS` | object-store prefixes that references may lie under, separated by commas | none |
| `VIDGEN_TEMPLATES` | folders with templates of the deployment's own, separated by commas | none |
| `VIDGEN_PRODUCTION` | `1` refuses development keys | off |
| `VIDGEN_SIGNING_KEY_FILE` | the deployment's Ed25519 key, PEM | made on first use, marked as development |
| `VIDGEN_WORKERS` | clips worked on at a time in a shard | the number of processors |
| `VIDGEN_EXECUTOR` | `in_process`, `multiprocess` or `k8s` | `in_process` |
| `VIDGEN_GPU_MEMORY_GIB` | GiB of memory of the cards in the GPU pool | none: models run on this machine's processor |
| `VIDGEN_MODEL_CACHE` | the folder of a model hub's cache, mounted or on disk | none |
| `VIDGEN_SPEECH_VOICES` | a file that names voices of Piper and Kokoro for languages | none: espeak-ng speaks |
| `VIDGEN_SHIPPED_MODELS` | `0`: a home doesn't take in the project's own models by itself | on; in production off |

A bucket's address and credentials are the cloud's own variables, read by the store's library:

| variable | meaning | default |
|---|---|---|
| `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN` | credentials | those of the machine or pod |
| `AWS_REGION` | where the bucket is | `us-east-1` |
| `AWS_ENDPOINT_URL` | another S3 than Amazon's | Amazon's |
| `AWS_ALLOW_HTTP` | `true` allows an endpoint without TLS | off |
| `AWS_PROXY_URL`, `AWS_CONNECT_TIMEOUT`, `AWS_READ_TIMEOUT`, `AWS_TIMEOUT` | the HTTP client | `object_store.py` |

`GOOGLE_…` and `AZURE_…` variables do the same for `gs://` and `az://`; `docs/operations/object-stores.md` has examples.
"""

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from vidgen_assets.clips.errors import InputError


class Executor(StrEnum):
    IN_PROCESS = "in_process"
    MULTIPROCESS = "multiprocess"
    K8S = "k8s"


@dataclass(frozen=True, slots=True)
class Settings:
    home: Path
    store_url: str
    inbox: str
    media_roots: tuple[str, ...]
    production: bool
    signing_key_file: Path | None
    workers: int | None
    executor: Executor
    gpu_memory_gib: float | None
    model_cache: Path | None
    takes_in_shipped_models: bool
    arrivals: Path
    template_folders: tuple[Path, ...] = ()
    speech_voices: Path | None = None
    picture_guard: str | None = None

    @property
    def dagster_home(self) -> Path:
        return self.home / "dagster"


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings in `environment` (by default the process's). Raises `InputError` for a value not allowed."""
    env = os.environ if environment is None else environment
    home = Path(env.get("VIDGEN_HOME") or ".vidgen").absolute()
    key_file, model_cache = env.get("VIDGEN_SIGNING_KEY_FILE"), env.get("VIDGEN_MODEL_CACHE")
    return Settings(
        home=home,
        store_url=env.get("VIDGEN_STORE_URL") or str(home / "store"),
        inbox=env.get("VIDGEN_INBOX") or str(home / "inbox"),
        arrivals=Path(env.get("VIDGEN_ARRIVALS") or home / "arrivals").absolute(),
        picture_guard=env.get("VIDGEN_PICTURE_GUARD", "").strip() or None,
        media_roots=tuple(root.strip() for root in env.get("VIDGEN_MEDIA_ROOTS", "").split(",") if root.strip()),
        template_folders=tuple(
            Path(folder.strip()).absolute() for folder in env.get("VIDGEN_TEMPLATES", "").split(",") if folder.strip()
        ),
        production=_flag(env, "VIDGEN_PRODUCTION"),
        takes_in_shipped_models=_flag(env, "VIDGEN_SHIPPED_MODELS", default=not _flag(env, "VIDGEN_PRODUCTION")),
        signing_key_file=Path(key_file) if key_file else None,
        workers=_count(env, "VIDGEN_WORKERS"),
        executor=_executor(env),
        gpu_memory_gib=_gib(env, "VIDGEN_GPU_MEMORY_GIB"),
        model_cache=Path(model_cache) if model_cache else None,
        speech_voices=Path(voices).absolute() if (voices := env.get("VIDGEN_SPEECH_VOICES", "").strip()) else None,
    )


def _flag(env: Mapping[str, str], name: str, *, default: bool = False) -> bool:
    value = env.get(name, "").strip().lower()
    if not value:
        return default
    if value not in ("0", "1", "true", "false"):
        raise InputError("a setting is not a flag", field=name, value=value, allowed=("1", "0", "true", "false"))
    return value in ("1", "true")


def _count(env: Mapping[str, str], name: str) -> int | None:
    value = env.get(name, "").strip()
    if not value:
        return None
    if not value.isdecimal() or not 1 <= int(value) <= 256:
        raise InputError("a setting is not a count", field=name, value=value, allowed="a number from 1 to 256")
    return int(value)


def _gib(env: Mapping[str, str], name: str) -> float | None:
    value = env.get(name, "").strip()
    if not value:
        return None
    try:
        size = float(value)
    except ValueError:
        size = math.nan
    if not 0 < size < math.inf:
        raise InputError("a setting is not a size", field=name, value=value, allowed="GiB above 0, such as 24 or 79.6")
    return size


def _executor(env: Mapping[str, str]) -> Executor:
    value = env.get("VIDGEN_EXECUTOR") or Executor.IN_PROCESS
    if value not in list(Executor):
        raise InputError("no such executor", field="VIDGEN_EXECUTOR", value=value, allowed=[e.value for e in Executor])
    return Executor(value)


def child_environment(**changes: str) -> dict[str, str]:
    """This process's environment with `changes`, for a program it starts."""
    return {**os.environ, **changes}


def secret_from_environment(name: str) -> str | None:
    """The secret in the variable `name`, None if it is empty. Read at each use: a renewed key counts at once."""
    return os.environ.get(name, "").strip() or None


_HTTP_CLIENT = ("allow_http", "allow_invalid_certificates", "proxy_url", "connect_timeout", "read_timeout", "timeout")
_CLOUDS = {"s3": "AWS", "s3a": "AWS", "gs": "GOOGLE"}


def http_client_settings(scheme: str, environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """What the environment says of the HTTP client for stores of this URL scheme.

    The store's library reads these variables itself, but forgets them once it's given any setting of the client.
    """
    env = os.environ if environment is None else environment
    cloud = _CLOUDS.get(scheme, "AZURE")
    found = {name: env.get(f"{cloud}_{name.upper()}", "").strip() for name in _HTTP_CLIENT}
    return {name: value for name, value in found.items() if value}


def pin_cublas() -> None:
    """Have cuBLAS work in a fixed buffer, without which sums come out differently from call to call.

    It reads the variable when a process first uses the GPU; a value that somebody has set stays.
    """
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")

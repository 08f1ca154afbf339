"""Settings: what the environment may say, and what is said back when it says something else."""

from pathlib import Path

import pytest

from resources.factory import Factory
from resources.settings import Executor, child_environment, http_client_settings, read_settings, secret_from_environment
from vidgen_assets.clips.errors import InputError


def test_an_empty_environment_is_a_laptop(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    settings = read_settings({})
    assert settings.home == tmp_path / ".vidgen"
    assert settings.store_url == str(tmp_path / ".vidgen" / "store")
    assert settings.inbox == str(tmp_path / ".vidgen" / "inbox")
    assert settings.dagster_home == tmp_path / ".vidgen" / "dagster"
    assert settings.arrivals == tmp_path / ".vidgen" / "arrivals"
    assert settings.picture_guard is None
    assert (settings.production, settings.signing_key_file, settings.workers) == (False, None, None)
    assert settings.executor is Executor.IN_PROCESS
    assert settings.media_roots == ()
    assert (settings.gpu_memory_gib, settings.model_cache) == (None, None)


def test_every_setting_is_read() -> None:
    settings = read_settings(
        {
            "VIDGEN_HOME": "/srv/vidgen",
            "VIDGEN_STORE_URL": "s3://bucket/factory",
            "VIDGEN_INBOX": "s3://bucket/inbox",
            "VIDGEN_MEDIA_ROOTS": "s3://one/, s3://two/ ,",
            "VIDGEN_PRODUCTION": "1",
            "VIDGEN_SIGNING_KEY_FILE": "/run/key.pem",
            "VIDGEN_WORKERS": " 4 ",
            "VIDGEN_EXECUTOR": "k8s",
            "VIDGEN_GPU_MEMORY_GIB": "79.6",
            "VIDGEN_MODEL_CACHE": "/mnt/hub",
            "VIDGEN_ARRIVALS": "/mnt/uploads",
            "VIDGEN_PICTURE_GUARD": " studio_guard:scores ",
        }
    )
    assert settings.home == Path("/srv/vidgen")
    assert settings.media_roots == ("s3://one/", "s3://two/")
    assert (settings.production, settings.workers, settings.executor) == (True, 4, Executor.K8S)
    assert settings.signing_key_file == Path("/run/key.pem")
    assert (settings.gpu_memory_gib, settings.model_cache) == (79.6, Path("/mnt/hub"))
    assert (settings.arrivals, settings.picture_guard) == (Path("/mnt/uploads"), "studio_guard:scores")


@pytest.mark.parametrize(
    ("value", "expected"), [("", False), ("0", False), ("False", False), ("TRUE", True), ("1", True)]
)
def test_a_flag_is_on_or_off(value: str, expected: bool) -> None:
    assert read_settings({"VIDGEN_PRODUCTION": value}).production is expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VIDGEN_PRODUCTION", "yes"),
        ("VIDGEN_WORKERS", "0"),
        ("VIDGEN_WORKERS", "257"),
        ("VIDGEN_WORKERS", "-1"),
        ("VIDGEN_WORKERS", "four"),
        ("VIDGEN_WORKERS", "²"),
        ("VIDGEN_EXECUTOR", "docker"),
        ("VIDGEN_GPU_MEMORY_GIB", "0"),
        ("VIDGEN_GPU_MEMORY_GIB", "inf"),
        ("VIDGEN_GPU_MEMORY_GIB", "24 GiB"),
    ],
)
def test_another_value_is_named_with_what_is_allowed(name: str, value: str) -> None:
    with pytest.raises(InputError, match="Allowed: ") as raised:
        read_settings({name: value})
    assert (raised.value.field, raised.value.value) == (name, value)


def test_the_http_client_is_set_by_the_clouds_own_variables() -> None:
    environment = {
        "AWS_ALLOW_HTTP": "true",
        "AWS_READ_TIMEOUT": "2 minutes",
        "AWS_REGION": "x",
        "AZURE_TIMEOUT": "1 hour",
    }
    assert http_client_settings("s3", environment) == {"allow_http": "true", "read_timeout": "2 minutes"}
    assert http_client_settings("abfss", environment) == {"timeout": "1 hour"}
    assert http_client_settings("gs", environment) == {}


def test_a_child_gets_this_environment_with_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIDGEN_TEST_OWN", "kept")
    child = child_environment(VIDGEN_WORKERS="2")
    assert (child["VIDGEN_TEST_OWN"], child["VIDGEN_WORKERS"]) == ("kept", "2")


def test_a_factory_of_settings_opens_the_workshop_once(tmp_path: Path) -> None:
    factory = Factory.of(read_settings({"VIDGEN_HOME": str(tmp_path), "VIDGEN_WORKERS": "3"}))
    shop = factory.workshop()
    assert factory.workshop() is shop
    assert shop.objects.root == tmp_path / "store"
    assert shop.workers == 3
    assert shop.scratch.is_dir()
    assert shop.signer.is_development
    assert shop.now().endswith("+00:00")
    assert (shop.hardware.device, shop.model_cache) == ("cpu", None)
    assert shop.hardware.memory_gib > 0


def test_a_pool_of_gpus_is_the_hardware_that_models_run_on(tmp_path: Path) -> None:
    environment = {
        "VIDGEN_HOME": str(tmp_path),
        "VIDGEN_GPU_MEMORY_GIB": "24",
        "VIDGEN_MODEL_CACHE": str(tmp_path / "hub"),
    }
    shop = Factory.of(read_settings(environment)).workshop()
    assert (shop.hardware.device, shop.hardware.memory_gib) == ("cuda", 24)
    assert shop.model_cache == tmp_path / "hub"


def test_a_secret_is_read_at_each_use_and_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert secret_from_environment("VIDEO_SERVER_KEY") is None
    monkeypatch.setenv("VIDEO_SERVER_KEY", " s3cret\n")
    assert secret_from_environment("VIDEO_SERVER_KEY") == "s3cret"
    monkeypatch.setenv("VIDEO_SERVER_KEY", "")
    assert secret_from_environment("VIDEO_SERVER_KEY") is None

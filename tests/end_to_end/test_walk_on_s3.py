"""The whole walk with every artifact and record in a real S3 server: the same digests as on a local folder."""

import os
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import pytest

from tests.end_to_end.catalogs import a_clip, write_catalog
from tests.end_to_end.running import vidgen, vidgen_json

pytestmark = pytest.mark.needs_s3


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> str:
    endpoint, name = os.environ["VIDGEN_TEST_S3_ENDPOINT"], f"walk-{uuid4().hex[:8]}"
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    boto3.client("s3", endpoint_url=endpoint).create_bucket(Bucket=name)
    return name


def _digests(capsys: Any) -> dict[str, Any]:
    status = vidgen_json(capsys, "status")
    assert status["clips"] == {"released": 2, "held": 0, "failed": 0, "waiting": 0}
    return {clip["clip_id"]: clip["digests"] for clip in status["catalogs"]["shop"]["details"]}


def test_a_catalog_is_released_in_a_bucket(
    bucket: str, tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = write_catalog(tmp_path / "shop.csv", [a_clip("clip-1"), a_clip("clip-2", aspect="1:1")])
    monkeypatch.setenv("VIDGEN_HOME", str(tmp_path / "local"))
    assert vidgen("run", str(catalog)) == 0
    local = _digests(capsys)
    monkeypatch.setenv("VIDGEN_HOME", str(tmp_path / "remote"))
    monkeypatch.setenv("VIDGEN_STORE_URL", f"s3://{bucket}/factory")
    assert vidgen("run", str(catalog)) == 0
    assert _digests(capsys) == local
    assert not (tmp_path / "remote" / "store").exists()
    assert vidgen("gallery", "--out", str(tmp_path / "gallery")) == 0
    assert len(list((tmp_path / "gallery").rglob("clip.mp4"))) == 2

from pathlib import Path
from typing import Any, cast

import pytest

from quality_checks.check import Exhibit
from quality_checks.prompts import CHECKS
from quality_checks.thresholds import THRESHOLDS
from tests.builders import a_spec
from vidgen_assets.clips.digest import canonical_json
from vidgen_assets.clips.media_tools import MediaTools
from vidgen_assets.clips.spec import ClipSpec, Route
from vidgen_assets.clips.verdicts import Finding, Outcome

CONTRACT, POLICY = (check.examine for check in CHECKS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def exhibit(folder: Path, stored: ClipSpec | bytes, filed: ClipSpec | None = None) -> Exhibit:
    path = folder / "spec.json"
    path.write_bytes(stored if isinstance(stored, bytes) else canonical_json(stored.to_json()))
    spec = filed or (a_spec() if isinstance(stored, bytes) else stored)
    return Exhibit(spec, path, cast(MediaTools, None), THRESHOLDS)  # the checks of this stage use no media tools


def contract(folder: Path, **changes: Any) -> Finding:
    return CONTRACT(exhibit(folder, a_spec(**changes)))


def test_a_sound_spec_obeys_the_contract(folder: Path) -> None:
    assert contract(folder).outcome is Outcome.PASS


@pytest.mark.parametrize("fps", ["8", "16", "24000/1001"])
def test_a_models_clip_at_a_models_rate_obeys_the_contract(folder: Path, fps: str) -> None:
    route = Route(backend="diffusion", release="backdrops-1", reason="the active release of backdrops")
    found = contract(folder, template=None, prompt="a lamp", route=route, fps=fps)
    assert found.outcome is Outcome.PASS, found.reason


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"frame_count": 14}, "last 0.47 s"),
        ({"frame_count": 0}, "last 0.00 s"),
        ({"frame_count": 1802}, "last 60.07 s"),
        ({"fps": "7.5", "frame_count": 8}, "fps is 15/2"),
        ({"width": 482}, "the canvas is 482x270"),
        ({"profile": "imax"}, "the profile imax does not exist"),
        ({"customer": " "}, "customer is empty"),
        ({"template": None}, "neither a prompt nor a template"),
        ({"template": None, "prompt": "a lamp"}, "no template and is routed to template/product_card"),
        ({"seed": -1}, "the seed -1"),
        ({"route": Route(backend="template", release="template/story", reason="")}, "routed to template/story"),
    ],
)
def test_a_broken_spec_is_failed_with_what_is_broken(folder: Path, changes: dict[str, Any], said: str) -> None:
    found = contract(folder, **changes)
    assert found.outcome is Outcome.FAIL
    assert said in found.reason


def test_the_stored_file_is_judged_and_not_the_record_beside_it(folder: Path) -> None:
    assert CONTRACT(exhibit(folder, a_spec("other"), a_spec())).outcome is Outcome.FAIL
    assert CONTRACT(exhibit(folder, b"{}")).outcome is Outcome.FAIL
    said = POLICY(exhibit(folder, a_spec(script="pure cocaine"), a_spec()))
    assert said.outcome is Outcome.FAIL


def test_words_are_looked_for_in_prompt_script_and_texts_on_screen(folder: Path) -> None:
    places: dict[str, dict[str, Any]] = {
        "prompt": {"prompt": "c0caine"},
        "script": {"script": "c0caine"},
        "variables.headline": {"variables": {"headline": "c0caine", "count": 3}},
    }
    for field, changes in places.items():
        found = POLICY(exhibit(folder, a_spec(**changes)))
        assert found.outcome is Outcome.FAIL
        assert f"drugs (illegal) in {field}: 'c••••••'" in found.reason


def test_the_gravest_match_decides_and_comes_first(folder: Path) -> None:
    found = POLICY(exhibit(folder, a_spec(prompt="a rifle", script="pure cocaine")))
    assert found.outcome is Outcome.FAIL
    assert found.reason.index("drugs") < found.reason.index("weapons")


def test_a_finding_says_that_rules_alone_were_asked(folder: Path) -> None:
    found = POLICY(exhibit(folder, a_spec()))
    assert found.outcome is Outcome.PASS
    assert found.measurements["coverage_rules_only"] == 1.0

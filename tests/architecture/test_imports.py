"""Imports point one way, Dagster stays at the edge, and loading the code location loads nothing heavy.

clips ◀ backdrops ◀ templates ◀ narration ◀ models ◀ diffusion ◀ training ◀ packages ◀ rooms (stage domain modules) ◀
resources ◀ quality_checks ◀ stages ◀ */asset.py ◀ reports ◀ automation ◀ definitions ◀ cli. A room's domain modules
know no other room; its asset.py may use rooms upstream.
"""

import json
import subprocess
import sys

import pytest

from tests.architecture.tree import REPOSITORY, imports, modules

RANKS = (
    "clips",
    "backdrops",
    "templates",
    "narration",
    "models",
    "diffusion",
    "training",
    "packages",
    "room",
    "resources",
    "quality_checks",
    "shared",
    "asset",
    "reports",
    "automation",
    "definitions",
    "cli",
)
WALK = (
    "catalogs", "prompts", "soundtracks", "captions", "latents", "frames", "encodes", "manifests", "qa_scores",
    "releases",
)  # fmt: skip
DAGSTER_LIVES_IN = {"resources", "quality_checks", "shared", "asset", "automation", "definitions", "cli"}
SHARED = {"partitions", "stages", "deployment"}
HEAVY = ("torch", "diffusers", "transformers", "great_expectations", "pandera", "skia")
SLOWEST_HONEST_LOAD_S = 120  # a deadline against hanging, not a measure


def layer(name: str) -> str:
    """The layer of one of our modules, by its dotted name."""
    top, _, rest = name.partition(".")
    if top != "vidgen_assets":
        return top
    second, _, third = rest.partition(".")
    if second in RANKS and second not in ("room", "shared", "asset", "cli"):
        return second
    if second.startswith("cli"):
        return "cli"
    if second in SHARED:
        return "shared"
    return "asset" if third == "asset" else "room"


def room(name: str) -> str | None:
    """The room that a module lives in, `latents` for vidgen_assets.latents.asset; None outside of rooms."""
    return name.split(".")[1] if layer(name) in ("room", "asset") else None


def complaint(importer: str, target: str) -> str | None:
    """Why this module of ours may not import that one; None if it may."""
    source, goal = layer(importer), layer(target)
    here, there = room(importer), room(target)
    if here and there and here != there and source == "room":
        return f"room {here} imports room {there}"
    if here in WALK and there in WALK and WALK.index(there) > WALK.index(here):
        return f"asset {here} imports what is downstream of it"
    if RANKS.index(goal) > RANKS.index(source):
        return f"{source} imports {goal}"
    return None


def _is_ours(name: str) -> bool:
    return name.split(".")[0] in ("vidgen_assets", "resources", "quality_checks") and name != "vidgen_assets"


def test_imports_point_one_way() -> None:
    found = [
        f"{module}:{line} {why} ({target})"
        for module in modules()
        if module.name != "vidgen_assets"
        for line, target in imports(module)
        if _is_ours(target) and (why := complaint(module.name, target))
    ]

    assert not found, "\n".join(found)


def test_dagster_stays_at_the_edge() -> None:
    found = [
        f"{module}:{line}"
        for module in modules()
        if layer(module.name) not in DAGSTER_LIVES_IN and module.name != "vidgen_assets"
        for line, target in imports(module)
        if target.split(".")[0].startswith("dagster")
    ]

    assert not found, f"domain code imports dagster at {', '.join(found)}"


@pytest.mark.parametrize(
    ("importer", "target", "allowed"),
    [
        ("vidgen_assets.latents.sampling", "vidgen_assets.clips.spec", True),
        ("vidgen_assets.latents.sampling", "vidgen_assets.templates.scene", True),
        ("vidgen_assets.templates.scene", "vidgen_assets.latents.sampling", False),
        ("vidgen_assets.latents.sampling", "vidgen_assets.models.release", True),
        ("vidgen_assets.models.release", "vidgen_assets.diffusion.pipeline", False),
        ("vidgen_assets.diffusion.pipeline", "vidgen_assets.models.release", True),
        ("vidgen_assets.latents.sampling", "vidgen_assets.frames.render", False),
        ("vidgen_assets.latents.sampling", "resources.gate", False),
        ("vidgen_assets.latents.asset", "vidgen_assets.latents.sampling", True),
        ("vidgen_assets.frames.asset", "vidgen_assets.latents.asset", True),
        ("vidgen_assets.latents.asset", "vidgen_assets.frames.asset", False),
        ("vidgen_assets.latents.asset", "vidgen_assets.stages", True),
        ("vidgen_assets.stages", "vidgen_assets.latents.asset", False),
        ("resources.gate", "quality_checks.check", False),
        ("quality_checks.frames", "resources.gate", True),
        ("vidgen_assets.definitions", "vidgen_assets.automation.jobs", True),
        ("vidgen_assets.automation.jobs", "vidgen_assets.definitions", False),
    ],
)
def test_the_rule_itself_tells_right_from_wrong(importer: str, target: str, allowed: bool) -> None:
    assert (complaint(importer, target) is None) is allowed


def test_loading_the_code_location_loads_nothing_heavy() -> None:
    script = "import json, sys, vidgen_assets.definitions; print(json.dumps(sorted(sys.modules)))"
    loaded = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=SLOWEST_HONEST_LOAD_S,
        check=False,
    )

    assert loaded.returncode == 0, loaded.stderr[-2000:]
    heavy = sorted({name.split(".")[0] for name in json.loads(loaded.stdout.splitlines()[-1])} & set(HEAVY))
    assert not heavy, f"{', '.join(heavy)}: a pod per step pays this import each time; import inside the function"

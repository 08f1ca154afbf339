"""The page about profiles names every field, step, default and table that there is."""

from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from vidgen_assets.clips.cubes import shipped_cubes
from vidgen_assets.clips.post import Step
from vidgen_assets.clips.profiles import OutputProfile, load_profiles

PAGE = (Path(__file__).parents[2] / "docs" / "profiles.md").read_text(encoding="utf-8")
STEPS: tuple[type[BaseModel], ...] = get_args(get_args(Step)[0])


def step_name(step: type[BaseModel]) -> str:
    return step.model_fields["step"].default


@pytest.mark.parametrize("name", [*load_profiles(), *shipped_cubes(), *OutputProfile.model_fields])
def test_what_ships_and_what_can_be_said_is_on_the_page(name: str) -> None:
    assert name == "name" or f"`{name}`" in PAGE


@pytest.mark.parametrize("step", STEPS, ids=step_name)
def test_each_step_has_a_section_and_a_row_for_each_field_with_its_default(step: type[BaseModel]) -> None:
    assert f"\n### {step_name(step)}\n" in PAGE
    for name, field in step.model_fields.items():
        if name != "step":
            row = next(line for line in PAGE.splitlines() if _belongs(line, step_name(step), name))
            assert _shown(field.default, required=field.is_required()) in row


def _belongs(line: str, step: str, field: str) -> bool:
    """Whether a row of the steps' table is that of the field: the step is named in its first row only."""
    rows = PAGE.splitlines()
    here = rows.index(line)
    above = next((row for row in reversed(rows[: here + 1]) if row.startswith("| `")), "")
    return f"| `{field}` |" in line and above.startswith(f"| `{step}` |")


def _shown(default: Any, *, required: bool) -> str:
    if required:
        return "| to be said |"
    return f"| `{default}` |" if isinstance(default, str) else f"| {default:g} |"

"""Every check a clip must pass, by stage in the order of its walk: what "every required verdict" means.

The stages themselves take their checks from the same files; `tests/quality_checks/test_catalogue.py` holds the two
against each other.
"""

from quality_checks import captions, encodes, frames, latents, manifests, prompts, soundtracks
from quality_checks.check import Check

REQUIRED: dict[str, tuple[Check, ...]] = {
    "prompts": prompts.CHECKS,
    "soundtracks": soundtracks.CHECKS,
    "captions": captions.CHECKS,
    "latents": latents.CHECKS,
    "frames": frames.CHECKS,
    "encodes": encodes.CHECKS,
    "manifests": manifests.CHECKS,
}

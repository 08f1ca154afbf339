"""The environment fingerprint: what decides the last bits besides the recipe.

Kept with each clip as provenance, and never part of a key: another driver must not make a catalog again. Exact
repetition is promised where the fingerprint is the same; elsewhere the release's tolerance holds.
"""

import importlib
import platform
from pathlib import Path
from typing import Any

import diffusers
import torch

from vidgen_assets.clips.digest import Digest
from vidgen_assets.models.release import Execution


def environment(execution: Execution) -> dict[str, Any]:
    """JSON of device, driver, libraries, number formats and levers."""
    return {
        **(_gpu() if execution.device == "cuda" else _cpu()),
        "torch": torch.__version__,
        "diffusers": diffusers.__version__,
        "execution": execution.model_dump(mode="json"),
        "tf32": bool(torch.backends.cuda.matmul.allow_tf32),
    }


def fingerprint(execution: Execution) -> str:
    """The environment as a digest, for comparing."""
    return str(Digest.of_json(environment(execution)))


def _cpu() -> dict[str, Any]:
    """Threads are part of it: how a sum is split over them decides its rounding."""
    return {
        "device": _processor(),
        "instruction_set": torch.backends.cpu.get_cpu_capability(),
        "threads": torch.get_num_threads(),
    }


def _processor() -> str:
    """The processor's model, as the kernel names it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def _gpu() -> dict[str, Any]:
    major, minor = torch.cuda.get_device_capability()
    return {
        "device": torch.cuda.get_device_name(),
        "instruction_set": f"sm_{major}{minor}",
        "driver": _driver(),
        "cuda": torch.version.cuda,
        "cudnn": torch.backends.cudnn.version(),
    }


def _driver() -> str | None:
    """The NVIDIA driver's version, where the extra `gpu` is installed to ask it."""
    try:
        pynvml = importlib.import_module("pynvml")
    except ImportError:
        return None
    pynvml.nvmlInit()
    try:
        return str(pynvml.nvmlSystemGetDriverVersion())
    finally:
        pynvml.nvmlShutdown()

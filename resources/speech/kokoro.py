"""Kokoro: one neural model of 82 million parameters with some fifty voices in nine languages. A plug-in.

Not a dependency and never downloaded: a deployment installs `kokoro-onnx` (MIT) and names the model's and the voices'
files (Apache-2.0).
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from resources.speech.plugged import plug_in
from vidgen_assets.clips.speech import Samples


def load_kokoro(model: Path, voices: Path, voice: str, language: str) -> Callable[[str, float], tuple[Samples, int]]:
    """A function of (text, rate) that says a phrase. Raises `CapacityError` where Kokoro isn't installed."""
    kokoro = plug_in("kokoro_onnx", "kokoro-onnx")
    engine = kokoro.Kokoro(str(model), str(voices))

    def say(text: str, rate: float) -> tuple[Samples, int]:
        samples, sample_rate_hz = engine.create(text, voice=voice, speed=rate, lang=language)
        return np.round(np.clip(samples, -1, 1) * 32_767).astype(np.int16), int(sample_rate_hz)

    return say

"""Piper: neural voices as ONNX files of 20 to 120 MB, one file and its `.json` for each voice. A plug-in.

Not a dependency and never downloaded: a deployment installs `piper-tts` (GPL-3.0) and names its voice files. Every
voice has a licence of its own, which the configuration repeats.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from resources.speech.plugged import plug_in
from vidgen_assets.clips.speech import Samples


def load_piper(model: Path) -> Callable[[str, float], tuple[Samples, int]]:
    """A function of (text, rate) that says a phrase. Without noise: the same text gives the same samples.

    Raises `CapacityError` where Piper isn't installed.
    """
    piper = plug_in("piper", "piper-tts")
    voice = piper.PiperVoice.load(str(model))

    def say(text: str, rate: float) -> tuple[Samples, int]:
        manner = piper.SynthesisConfig(length_scale=1 / rate, noise_scale=0.0, noise_w_scale=0.0)
        chunks = [np.asarray(chunk.audio_int16_array, np.int16) for chunk in voice.synthesize(text, manner)]
        return np.concatenate(chunks or [np.zeros(0, np.int16)]), int(voice.config.sample_rate)

    return say

"""A clip's sound through the real tools: as loud as promised, as long as the clip, silent where it is silent."""

import wave
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from quality_checks.check import Exhibit
from quality_checks.soundtracks import CHECKS
from quality_checks.thresholds import THRESHOLDS
from tests.builders import a_spec
from tests.synthetic.media import TOOLS, a_soundtrack, a_tone
from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.media_tools import Tool
from vidgen_assets.clips.soundtrack import MAIN_FILE, Soundtrack
from vidgen_assets.clips.spec import NO_VOICE, ClipSpec
from vidgen_assets.clips.verdicts import Finding, Outcome

SPEC = a_spec(frame_count=100, fps=Fraction(30))  # 3.33 s, 160,000 samples


def examined(folder: Path, spec: ClipSpec = SPEC) -> dict[str, Finding]:
    exhibit = Exhibit(spec=spec, path=folder, tools=TOOLS, thresholds=THRESHOLDS)
    return {check.id.name: check.examine(exhibit) for check in CHECKS}


def test_a_recording_is_brought_to_the_promised_loudness_by_one_gain(tmp_path: Path) -> None:
    folder = a_soundtrack(tmp_path / "sound", SPEC, a_tone(tmp_path / "tone.wav", 5.0))
    made = Soundtrack.read(folder)

    assert made.sample_count == 160_000
    assert made.main
    assert abs(made.main.output_lufs + 16) < 0.3
    assert made.main.limited_by_db == 0
    assert all(finding.outcome is Outcome.PASS for finding in examined(folder).values())


def test_music_of_a_clip_without_a_voice_is_a_bed_to_its_end_and_not_ducked(tmp_path: Path) -> None:
    """A second of music in a clip of 3.33 s: again and again, at one level between the fades of 0.5 and 1.5 s."""
    spec, music = SPEC.model_copy(update={"voice": NO_VOICE}), a_tone(tmp_path / "tone.wav", 1.0)
    folder = a_soundtrack(tmp_path / "sound", spec, music)
    made = Soundtrack.read(folder)

    levels = [level_of(folder / MAIN_FILE, at_s) for at_s in (0.8, 1.2, 1.6)]
    assert max(levels) - min(levels) < 0.05 * max(levels)
    assert level_of(folder / MAIN_FILE, 2.6) > 0.3 * max(levels)  # the recording alone would have ended at 1.0 s
    assert (made.narrator, made.bed_gain_db) == (None, None)
    assert all(finding.outcome is Outcome.PASS for finding in examined(folder, spec).values())
    alone = a_soundtrack(tmp_path / "alone", SPEC, music)
    assert level_of(alone / MAIN_FILE, 2.6) == 0


def test_silence_stays_silence_and_passes(tmp_path: Path) -> None:
    folder = a_soundtrack(tmp_path / "sound", SPEC)

    assert Soundtrack.read(folder).is_silence
    assert Soundtrack.read(folder).main is None
    assert all(finding.outcome is Outcome.PASS for finding in examined(folder).values())


def test_peaks_that_stand_in_the_way_are_limited_and_it_is_said_by_how_much(tmp_path: Path) -> None:
    folder = a_soundtrack(tmp_path / "sound", SPEC, a_track_of_clicks(tmp_path / "clicks.wav"))
    made = Soundtrack.read(folder).main

    assert made
    assert made.limited_by_db > 3
    assert made.output_peak_dbtp <= -1.4


@pytest.mark.parametrize("content", [b"", b"not a sound at all" * 100, b"#EXTM3U\nfile:///etc/passwd\n"])
def test_what_is_no_sound_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "broken.wav"
    file.write_bytes(content)
    with pytest.raises(InputError, match="can't be decoded") as refused:
        a_soundtrack(tmp_path / "sound", SPEC, file)
    assert refused.value.field == "audio"


def test_a_playlist_in_sounds_clothing_reads_no_other_file(tmp_path: Path) -> None:
    a_tone(tmp_path / "secret.wav", 1.0)
    script = tmp_path / "sound.mp3"
    script.write_text("ffconcat version 1.0\nfile secret.wav\n")

    with pytest.raises(InputError, match="not on whitelist"):
        a_soundtrack(tmp_path / "sound", SPEC, script)


def test_the_check_of_loudness_sees_a_track_that_is_too_quiet(tmp_path: Path) -> None:
    folder = a_soundtrack(tmp_path / "sound", SPEC, a_tone(tmp_path / "tone.wav", 5.0))
    _quieter(folder / MAIN_FILE)

    assert examined(folder)["soundtracks_are_as_loud_as_promised"].outcome is Outcome.FAIL


def test_the_check_of_length_sees_a_missing_frame(tmp_path: Path) -> None:
    folder = a_soundtrack(tmp_path / "sound", SPEC, a_tone(tmp_path / "tone.wav", 5.0))
    longer = SPEC.model_copy(update={"frame_count": 101})

    assert examined(folder, longer)["soundtracks_have_the_promised_length"].outcome is Outcome.FAIL


def test_the_check_of_narration_sees_a_script_that_nobody_speaks(tmp_path: Path) -> None:
    spec = SPEC.model_copy(update={"script": "Hello."})

    finding = examined(a_soundtrack(tmp_path / "sound", SPEC), spec)["narration_is_complete"]
    assert finding.outcome is Outcome.FAIL


def level_of(track: Path, at_s: float) -> float:
    """The root mean square of a tenth of a second, in parts of full scale."""
    run = TOOLS.run(Tool.FFMPEG, ["-v", "error", "-i", str(track), "-f", "f32le", "-ac", "1", "-"], deadline_s=60)
    samples = np.frombuffer(run.stdout, "<f4")[round(at_s * 48_000) :][:4_800]
    return float(np.sqrt(np.mean(samples.astype(float) ** 2)))


def a_track_of_clicks(path: Path) -> Path:
    """A faint tone under two clicks a second at full scale."""
    times_s = np.arange(4 * 48_000) / 48_000
    samples = np.round(400 * np.sin(2 * np.pi * 440 * times_s)).astype("<i2")
    for start in range(1_000, len(samples), 24_000):
        samples[start : start + 200] = 32_000
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(samples.tobytes())
    return path


def _quieter(track: Path) -> None:
    source = track.rename(track.with_name("loud.flac"))
    TOOLS.run(Tool.FFMPEG, ["-v", "error", "-i", str(source), "-af", "volume=-6dB", str(track)], deadline_s=60)
    source.unlink()

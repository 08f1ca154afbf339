"""A clip's sound through the real tools: as loud as promised, as long as the clip, silent where it is silent."""

import shutil
import wave
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from quality_checks.check import Exhibit
from quality_checks.soundtracks import CHECKS
from quality_checks.thresholds import THRESHOLDS
from tests.builders import a_digest, a_spec
from tests.synthetic.media import TOOLS, a_soundtrack, a_tone
from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.media_tools import Tool
from vidgen_assets.clips.narration import Narration, Slot, Word
from vidgen_assets.clips.soundtrack import (
    DESCRIPTION_FILE,
    DESCRIPTION_NARRATION_FILE,
    MAIN_FILE,
    NARRATION_FILE,
    Soundtrack,
)
from vidgen_assets.clips.spec import NO_VOICE, ClipSpec, MediaFile
from vidgen_assets.clips.verdicts import Finding, Outcome
from vidgen_assets.soundtracks.decode import decoded

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


def test_music_too_short_to_be_repeated_is_refused_with_its_length(tmp_path: Path) -> None:
    spec, music = SPEC.model_copy(update={"voice": NO_VOICE}), a_tone(tmp_path / "tone.wav", 0.01)
    with pytest.raises(InputError, match="the music lasts 10 ms") as refused:
        a_soundtrack(tmp_path / "sound", spec, music)
    assert (refused.value.field, refused.value.allowed) == ("audio", "at least 50 ms of sound")


def test_silence_stays_silence_and_passes(tmp_path: Path) -> None:
    folder = a_soundtrack(tmp_path / "sound", SPEC)

    assert Soundtrack.read(folder).is_silence
    assert Soundtrack.read(folder).main is None
    assert all(finding.outcome is Outcome.PASS for finding in examined(folder).values())


def test_peaks_that_stand_in_the_way_are_limited_and_it_is_said_by_how_much(tmp_path: Path) -> None:
    """The peaks of noise lie between its samples, where a limiter of samples alone lets them through by 3 dB."""
    folder = a_soundtrack(tmp_path / "sound", SPEC, a_track_of_drums(tmp_path / "drums.wav"))
    made = Soundtrack.read(folder).main
    found = examined(folder)["soundtracks_are_as_loud_as_promised"]

    assert made
    assert made.limited_by_db > 3
    assert abs(made.output_peak_dbtp + 1.5) < 0.1
    assert found.measurements["main.flac_peak_dbtp"] == pytest.approx(made.output_peak_dbtp, abs=0.1)
    assert found.outcome is Outcome.PASS


def test_sound_louder_than_the_meter_takes_is_brought_down_first(tmp_path: Path) -> None:
    """A square wave at eight times full scale, in a file of floats."""
    wave_8 = "aevalsrc=8*sgn(sin(2*PI*100*t)):duration=2:sample_rate=48000"
    TOOLS.run(
        Tool.FFMPEG, ["-v", "error", "-f", "lavfi", "-i", wave_8, "-c:a", "pcm_f32le", str(tmp_path / "loud.wav")],
        deadline_s=60,
    )  # fmt: skip
    file = MediaFile(reference="loud.wav", digest=a_digest("loud"), size_bytes=1)
    assert np.abs(decoded(file, tmp_path / "loud.wav", 1.0, TOOLS)[0]).max() == 1

    folder = a_soundtrack(tmp_path / "sound", SPEC, tmp_path / "loud.wav")
    made = Soundtrack.read(folder).main
    assert made
    assert made.input_lufs > 0
    assert abs(made.input_lufs + made.gain_db + 16) < 0.1
    assert examined(folder)["soundtracks_are_as_loud_as_promised"].outcome is Outcome.PASS


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


@pytest.mark.parametrize(
    ("field", "file"), [("script", NARRATION_FILE), ("audio_description", DESCRIPTION_NARRATION_FILE)]
)
def test_the_check_of_narration_sees_a_paragraph_that_nobody_speaks(tmp_path: Path, field: str, file: str) -> None:
    """In a track that is silent, which the same check tells as well."""
    folder = a_soundtrack(tmp_path / "sound", SPEC)
    word = Word(start=0, end=6, start_s=0.4, end_s=1.0)
    slot = Slot(name="part-1", text="Hello.", start_s=0, end_s=float(SPEC.duration_s), words=(word,))
    (folder / file).write_bytes(Narration(language="en", voice="v", slots=(slot,)).to_bytes())

    shutil.copy(folder / MAIN_FILE, folder / DESCRIPTION_FILE)

    def reason(text: str) -> str:
        return examined(folder, SPEC.model_copy(update={field: text}))["narration_is_complete"].reason

    lost = f"the {field.replace('_', ' ')} has 16 characters, and 6 are said: they differ"
    assert lost in reason("Hello.\n\nNot in water")
    assert "they differ" not in reason(" Hello.\n")


def level_of(track: Path, at_s: float) -> float:
    """The root mean square of a tenth of a second, in parts of full scale."""
    run = TOOLS.run(Tool.FFMPEG, ["-v", "error", "-i", str(track), "-f", "f32le", "-ac", "1", "-"], deadline_s=60)
    samples = np.frombuffer(run.stdout, "<f4")[round(at_s * 48_000) :][:4_800]
    return float(np.sqrt(np.mean(samples.astype(float) ** 2)))


def a_track_of_drums(path: Path) -> Path:
    """Two strokes of noise a second, each gone after 50 ms."""
    times_s = np.arange(4 * 48_000) / 48_000 % 0.5
    noise = np.random.default_rng(1).standard_normal(len(times_s))
    samples = 0.2 * noise * np.exp(-60 * times_s) * (times_s < 0.05)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(np.round(samples * 32_767).astype("<i2").tobytes())
    return path


def _quieter(track: Path) -> None:
    source = track.rename(track.with_name("loud.flac"))
    TOOLS.run(Tool.FFMPEG, ["-v", "error", "-i", str(source), "-af", "volume=-6dB", str(track)], deadline_s=60)
    source.unlink()

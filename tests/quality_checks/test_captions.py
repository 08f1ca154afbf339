"""Each check of captions fails on captions wrong in its own way alone, and keeps the clip from what follows."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from quality_checks.captions import CHECKS
from quality_checks.check import Exhibit
from quality_checks.thresholds import THRESHOLDS
from resources.workshop import open_workshop
from tests.builders import a_spec
from tests.end_to_end.catalogs import a_clip, write_catalog
from tests.synthetic.media import TOOLS
from vidgen_assets.automation.enrol import enrol
from vidgen_assets.captions import asset
from vidgen_assets.captions.asset import CAPTIONS
from vidgen_assets.captions.cues import captions_of
from vidgen_assets.captions.files import WORD_JOINER, subrip, webvtt
from vidgen_assets.catalogs.source import read_source
from vidgen_assets.clips.captions import CAPTIONS_FILE, SUBRIP_FILE, WEBVTT_FILE, Captions, Cue
from vidgen_assets.clips.ledger import Status
from vidgen_assets.clips.narration import Narration, Slot, Word
from vidgen_assets.clips.soundtrack import NARRATION_FILE
from vidgen_assets.clips.verdicts import Finding, Outcome
from vidgen_assets.clips.words import words_of
from vidgen_assets.frames.asset import FRAMES
from vidgen_assets.latents.asset import LATENTS
from vidgen_assets.prompts.asset import PROMPTS
from vidgen_assets.soundtracks.asset import SOUNDTRACKS
from vidgen_assets.stages.line import Orders, run_stage

READ, SAY, FOLLOW = "captions_can_be_read", "captions_say_the_script", "captions_follow_the_speech"
SCRIPT = "Meet the lamp that wakes with the sun & goes to bed at night."
SPEC = a_spec(script=SCRIPT, frame_count=300)  # 10 s


def said(text: str = SCRIPT, *, word_s: float = 0.4) -> Narration:
    """The first word at 1 s, each `word_s` after the one before."""
    words = tuple(
        Word(start=a, end=b, start_s=round(1 + n * word_s, 3), end_s=round(1 + (n + 0.9) * word_s, 3))
        for n, (a, b) in enumerate(words_of(text))
    )
    return Narration(
        language="en", voice="v", slots=(Slot(name="part-1", text=text, start_s=0, end_s=10, words=words),)
    )


GOOD = captions_of(said(), "en", SPEC.fps)


@dataclass(frozen=True)
class Folder:
    """A folder of captions, to be spoilt before it's looked at."""

    path: Path

    def write(self, captions: Captions = GOOD, narration: Narration | None = None) -> "Folder":
        (self.path / CAPTIONS_FILE).write_bytes(captions.to_bytes())
        (self.path / WEBVTT_FILE).write_text(webvtt(captions), encoding="utf-8")
        (self.path / SUBRIP_FILE).write_text(subrip(captions), encoding="utf-8")
        (self.path / NARRATION_FILE).write_bytes((narration or said()).to_bytes())
        return self

    def replace(self, file: str, old: str, new: str) -> "Folder":
        text = (self.path / file).read_text(encoding="utf-8")
        assert old in text
        (self.path / file).write_text(text.replace(old, new), encoding="utf-8")
        return self

    def findings(self, script: str = SCRIPT) -> dict[str, Finding]:
        """What the checks say of it, in a row with this script."""
        spec = SPEC.model_copy(update={"script": script})
        exhibit = Exhibit(spec=spec, path=self.path, tools=TOOLS, thresholds=THRESHOLDS)
        return {check.id.name: check.examine(exhibit) for check in CHECKS}

    def failing(self, script: str = SCRIPT) -> set[str]:
        return {name for name, finding in self.findings(script).items() if finding.outcome is Outcome.FAIL}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def with_lines(*lines: str) -> Captions:
    """One cue with these lines, for as long as all of it is said."""
    return Captions(language="en", cues=(Cue(start_s=1.0, end_s=GOOD.cues[-1].end_s, lines=lines),))


def moved(captions: Captions, by_s: float) -> Captions:
    return _with_all(
        captions, lambda cue: {"start_s": round(cue.start_s + by_s, 3), "end_s": round(cue.end_s + by_s, 3)}
    )


def _with_all(captions: Captions, changes: Callable[[Cue], dict[str, Any]]) -> Captions:
    return captions.model_copy(update={"cues": tuple(cue.model_copy(update=changes(cue)) for cue in captions.cues)})


def test_captions_as_they_are_made_pass(folder: Folder) -> None:
    assert {finding.outcome for finding in folder.write().findings().values()} == {Outcome.PASS}


def divided() -> Captions:
    """Two cues: three words, and the rest."""
    rest_s = said().slots[0].words[3].start_s
    lines = ("that wakes with the sun", "& goes to bed at night.")
    first = Cue(start_s=1.0, end_s=rest_s - 0.1, lines=("Meet the lamp",))
    return Captions(language="en", cues=(first, Cue(start_s=rest_s, end_s=GOOD.cues[-1].end_s, lines=lines)))


def with_first(**changes: Any) -> Captions:
    first, rest = divided().cues
    return Captions(language="en", cues=(first.model_copy(update=changes), rest))


SPOILT: dict[str, tuple[str, Captions]] = {
    "a line of 61 characters": (READ, with_lines(SCRIPT)),
    "cues that touch": (READ, with_first(end_s=divided().cues[1].start_s)),
    "another word": (SAY, with_first(lines=("Meet the damp",))),
    "cues half a second late": (FOLLOW, moved(divided(), 0.5)),
    "cues nine tenths of a second early": (FOLLOW, moved(divided(), -0.9)),
    "a cue that goes before its last word ends": (FOLLOW, with_first(end_s=1.85)),
}


def test_captions_of_two_cues_pass(folder: Folder) -> None:
    assert folder.write(divided()).failing() == set()


@pytest.mark.parametrize("fault", SPOILT)
def test_a_check_fails_on_its_own_fault_alone(folder: Folder, fault: str) -> None:
    check, captions = SPOILT[fault]
    assert folder.write(captions).failing() == {check}


def test_a_cue_that_goes_with_fast_speech_though_it_could_linger_fails(folder: Folder) -> None:
    """61 characters in 2.4 s, and six seconds of silence after them."""
    fast = said(word_s=0.19)
    halves = ("Meet the lamp that wakes with", "the sun & goes to bed at night.")
    cue = Cue(start_s=1.0, end_s=fast.slots[0].words[-1].end_s, lines=halves)
    folder.write(Captions(language="en", cues=(cue,)), fast)

    assert folder.failing() == {READ}
    assert "gone before it can be read" in folder.findings()[READ].reason


def test_speech_that_is_too_fast_to_be_read_is_for_a_person_to_look_at(folder: Folder) -> None:
    """Eight words a second without a pause."""
    script = "It goes on and on and on so fast that no one can read it. " * 5
    fast = said(script, word_s=0.12)
    findings = folder.write(captions_of(fast, "en", SPEC.fps), fast).findings(script)

    assert findings[READ].outcome is Outcome.REVIEW
    assert {findings[SAY].outcome, findings[FOLLOW].outcome} == {Outcome.PASS}


def read_out(script: str, *, by_s: float = 0.0) -> tuple[Captions, Narration]:
    """A single word of nine seconds, and its captions moved."""
    narration = said(script, word_s=9.0 / 0.9)
    captions = captions_of(narration, "en", SPEC.fps)
    last = len(captions.cues) - 1
    late = [
        cue.model_copy(update={"start_s": round(cue.start_s + by_s, 3) if number == last else cue.start_s})
        for number, cue in enumerate(captions.cues)
    ]
    return captions.model_copy(update={"cues": tuple(late)}), narration


def test_captions_cut_within_a_long_word_are_held_against_the_time_of_their_own_characters(folder: Folder) -> None:
    script = "https://www.example.com/" + "a-very-long-address/" * 6
    folder.write(*read_out(script))
    assert folder.failing(script) == set()

    folder.write(*read_out(script, by_s=0.5))
    assert folder.failing(script) == {FOLLOW}
    assert folder.findings(script)[FOLLOW].reason == "a cue comes after its words by 0.50 s"


def test_marks_do_not_make_a_line_too_long(folder: Folder) -> None:
    """42 letters of Burmese, with as many marks that Unicode counts on their own."""
    script = "\u1000\u102b" * 42
    narration = said(script, word_s=9.0)
    cue = Cue(start_s=1.0, end_s=narration.slots[0].words[0].end_s, lines=(script,))
    folder.write(Captions(language="my", cues=(cue,)), narration)

    assert folder.failing(script) == set()


def test_a_script_without_a_narration_fails(folder: Folder) -> None:
    folder.write(Captions(language="en"))
    (folder.path / NARRATION_FILE).unlink()

    assert folder.failing() == {SAY}


def test_a_paragraph_that_was_lost_before_it_was_spoken_fails(folder: Folder) -> None:
    folder.write()

    assert folder.failing(f"{SCRIPT}\n\nIt must not be used near water.") == {SAY}


def test_captions_without_speech_fail(folder: Folder) -> None:
    folder.write()
    (folder.path / NARRATION_FILE).unlink()

    assert folder.failing() == {SAY, FOLLOW}


@pytest.mark.parametrize(
    ("file", "old", "new", "why"),
    [
        (WEBVTT_FILE, "Meet the lamp", "Meet the damp", "captions.vtt has another text than cue 1"),
        (SUBRIP_FILE, "00:00:01,000", "00:00:01,100", "captions.srt has other times than cue 1"),
        (WEBVTT_FILE, "00:00:01.000 --> ", "", "captions.vtt has 1 cues, not 2"),
    ],
)
def test_a_file_for_players_that_shows_something_else_fails(
    folder: Folder, file: str, old: str, new: str, why: str
) -> None:
    folder.write(divided()).replace(file, old, new)

    assert folder.failing() == {SAY}
    assert folder.findings()[SAY].reason == why


def test_marks_of_direction_in_a_file_are_no_difference(folder: Folder) -> None:
    text = "Dolby אטמוס זה הצליל"
    narration = said(text)
    captions = captions_of(narration, "he", SPEC.fps)
    folder.write(captions, narration)

    assert "\u200f" in (folder.path / WEBVTT_FILE).read_text(encoding="utf-8")
    assert folder.failing(text) == set()


@pytest.mark.parametrize("markup", ["<b>", "{\\an8}", "-->", "C:\\New", "&amp;"])
def test_markup_in_subrip_that_players_would_run_fails(folder: Folder, markup: str) -> None:
    script = SCRIPT.replace("Meet", f"Meet {markup}")
    folder.write(with_first(lines=(f"Meet {markup} the lamp",)), said(script))
    assert folder.findings(script)[SAY].outcome is Outcome.PASS

    folder.replace(SUBRIP_FILE, WORD_JOINER, "")
    assert folder.findings(script)[SAY].reason == "captions.srt has another text than cue 1"


@pytest.mark.parametrize("check", [READ, SAY, FOLLOW])
def test_a_clip_whose_captions_fail_goes_no_further(
    check: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Captions that are spoilt as they are made; the clip beside it, which says nothing, goes on."""
    spoilt: dict[str, Callable[[Captions], Captions]] = {
        READ: lambda good: Captions(language="en", cues=(_in_one_line(good),)),
        SAY: lambda good: _with_all(good, lambda cue: {"lines": tuple(line.replace("m", "d") for line in cue.lines)}),
        FOLLOW: lambda good: moved(good, 1.0),
    }
    monkeypatch.setattr(asset, "captions_of", lambda *said: spoilt[check](captions_of(*said)))
    shop = open_workshop(str(tmp_path / "store"), home=tmp_path, workers=1)
    told = a_clip("told", script="Meet the lamp that wakes with you and sleeps with you.", duration_s="8")
    enrol(read_source(write_catalog(tmp_path / "shop.csv", [told, a_clip("quiet")])), str(tmp_path), shop)
    reports = {
        stage.name: run_stage(stage, "shop.g1.0000", shop, Orders("run"))
        for stage in (PROMPTS, SOUNDTRACKS, CAPTIONS, LATENTS, FRAMES)
    }

    rows = {row.clip_id: row for row in reports["frames"].attempt.rows}
    assert (rows["told"].status, rows["told"].digest) == (Status.HELD, None)
    assert rows["told"].problem is not None
    assert rows["told"].problem.message.startswith(f"at captions: {check}")
    assert rows["quiet"].status is Status.MADE


def _in_one_line(captions: Captions) -> Cue:
    cues = captions.cues
    lines = (" ".join(line for cue in cues for line in cue.lines),)
    return Cue(start_s=cues[0].start_s, end_s=cues[-1].end_s, lines=lines)

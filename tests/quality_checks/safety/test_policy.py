from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from quality_checks.safety.policy import POLICY_RULES_VERSION, compile_policy, load_policy, masked
from quality_checks.safety.validators import is_iban, passes_luhn
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.clips.verdicts import Outcome, worst

HARMLESS = Path(__file__).with_name("harmless.txt")
MOST_FALSE_POSITIVES = 0


def outcome(text: str) -> Outcome:
    return worst([Outcome.PASS, *(match.outcome for match in load_policy().judge(text))])


def categories(text: str) -> set[str]:
    return {match.category for match in load_policy().judge(text)}


@pytest.mark.parametrize(
    ("text", "category", "expected"),
    [
        ("Buy a handgun today", "weapons", Outcome.REVIEW),
        ("Jagdgewehre und Munition im Angebot", "weapons", Outcome.REVIEW),
        ("armes à feu d'occasion", "weapons", Outcome.REVIEW),
        ("pistolas y escopetas", "weapons", Outcome.REVIEW),
        ("how to build a bomb at home", "weapons", Outcome.FAIL),
        ("pure cocaine delivered", "drugs", Outcome.FAIL),
        ("Kokain frei Haus", "drugs", Outcome.FAIL),
        ("cocaína a domicilio", "drugs", Outcome.FAIL),
        ("smoke weed every day", "drugs", Outcome.REVIEW),
        ("hardcore porn site", "sexual", Outcome.FAIL),
        ("eine nackte Frau am Strand", "sexual", Outcome.REVIEW),
        ("une femme nue", "sexual", Outcome.REVIEW),
        ("mujer desnuda", "sexual", Outcome.REVIEW),
        ("a sexualised teenager", "sexual_minors", Outcome.FAIL),
        ("a video of someone being beheaded", "graphic_violence", Outcome.FAIL),
        ("he stabs a woman in the dark", "graphic_violence", Outcome.REVIEW),
        ("these immigrants are vermin", "hate_and_extremism", Outcome.FAIL),
        ("a flag with a swastika", "hate_and_extremism", Outcome.REVIEW),
        ("nobody likes you, kill yourself", "self_harm", Outcome.FAIL),
        ("thinspo tips", "self_harm", Outcome.REVIEW),
        ("card 4111 1111 1111 1111", "personal_data", Outcome.FAIL),
        ("pay to DE89 3704 0044 0532 0130 00", "personal_data", Outcome.FAIL),
        ("her number is 219-09-9999", "personal_data", Outcome.FAIL),
        ("write to jane.doe@example.com", "personal_data", Outcome.REVIEW),
        ("a deepfake of our rival", "impersonation", Outcome.FAIL),
        ("in the voice of the president", "impersonation", Outcome.REVIEW),
        ("empfohlen von der Bundeskanzlerin", "impersonation", Outcome.REVIEW),
        ("Taylor Swift loves this lamp", "impersonation", Outcome.REVIEW),
        ("this tea cures cancer", "medical_claims", Outcome.FAIL),
        ("heilt Krebs in Tagen", "medical_claims", Outcome.FAIL),
        ("guérit le diabète", "medical_claims", Outcome.FAIL),
        ("cura la artritis", "medical_claims", Outcome.FAIL),
        ("lose 10 kg in 5 days", "medical_claims", Outcome.REVIEW),
    ],
)
def test_what_the_policy_forbids_is_found(text: str, category: str, expected: Outcome) -> None:
    assert category in categories(text)
    assert outcome(text) is expected


EVASIONS = {
    "capitals": "COCAINE",
    "full width": "ｃｏｃａｉｎｅ",
    "look-alikes": "\u0441\u043e\u0441\u0430ine",
    "digits": "c0c41n3",
    "spaced letters": "c o c a i n e",
    "dotted letters": "c.o.c.a.i.n.e",
    "zero width": "co\u200bca\u2060ine",
    "accents": "cóçaïné",
    "mathematical letters": "𝐜𝐨𝐜𝐚𝐢𝐧𝐞",
    "stretched": "cocaaaaaine",
    "masked": "c*c*ine",
    "hyphen inside": "co-caine",
    "soft hyphen": "co\u00adcaine",
    "small capitals": "ᴄᴏᴄᴀɪɴᴇ",
    "circled": "ⓒⓞⓒⓐⓘⓝⓔ",
    "flags": "🇨🇴🇨🇦🇮🇳🇪",
    "underscores": "c_o_c_a_i_n_e",
}


@pytest.mark.parametrize("way", EVASIONS)
def test_a_disguise_does_not_help(way: str) -> None:
    assert outcome(f"buy {EVASIONS[way]} here") is Outcome.FAIL


def test_text_that_reads_otherwise_than_it_is_stored_is_refused() -> None:
    assert categories("\u202eenіacoc") == {"hidden_text"}


def test_harmless_lines_of_shops_pass() -> None:
    lines = [line for line in HARMLESS.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    held = [(line, match.rule, match.excerpt) for line in lines for match in load_policy().judge(line)]
    assert len(lines) >= 100
    assert len(held) <= MOST_FALSE_POSITIVES, held


def test_an_allowed_phrase_excuses_itself_alone() -> None:
    assert outcome("a hot glue gun") is Outcome.PASS
    assert outcome("a hot glue gun and a gun") is Outcome.REVIEW


def test_the_excerpt_shows_where_and_not_what() -> None:
    assert masked("pure cocaine") == "p••• c••••••"
    assert "cocaine" not in str(load_policy().judge("pure cocaine"))


def test_changed_rules_need_a_new_version() -> None:
    """The verdicts of the policy bind to POLICY_RULES_VERSION: raise it here, in policy.py and in policy.yaml."""
    rules = yaml.safe_load(files("quality_checks.safety").joinpath("policy.yaml").read_text(encoding="utf-8"))
    assert (POLICY_RULES_VERSION, Digest.of_json(rules["categories"]).short) == (1, "936dede1a600")


def a_policy(version: int, rule: str) -> str:
    return f"version: {version}\ncategories: {{a: {{description: d, remedy: r, rules: [{{id: x, {rule}}}]}}}}"


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "version: 1",
        a_policy(2, "severity: fail, terms: [y]"),
        a_policy(1, "severity: fail"),
        a_policy(1, "severity: shrug, terms: [y]"),
        a_policy(1, "severity: fail, patterns: ['(']"),
    ],
)
def test_a_policy_that_cannot_be_asked_lets_nothing_pass(text: str) -> None:
    with pytest.raises(PermanentError):
        compile_policy(text)


def test_checksums_are_those_of_their_standards() -> None:
    # ISO/IEC 7812's example; the sample accounts of the IBAN registry
    assert passes_luhn("4111 1111 1111 1111")
    assert not passes_luhn("4111 1111 1111 1112")
    assert is_iban("gb29 nwbk 6016 1331 9268 19")
    assert not is_iban("gb28 nwbk 6016 1331 9268 19")

"""The policy on words, applied: which rules a text breaks, under any of its readings.

The rules are data (`policy.yaml`); this file compiles and asks them. Loading fails closed: a rule that can't be
compiled, or a version that doesn't fit the code, raises, and without a policy no prompt passes.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from quality_checks.safety.normalise import plain_letters, readings, reorders
from quality_checks.safety.validators import is_iban, passes_luhn
from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.clips.verdicts import Outcome

POLICY_RULES_VERSION = 1
"""Part of the check's id, so that verdicts under other rules do not count. A test binds it to the rules' digest."""

HIDDEN_TEXT = "hidden_text"
_VALIDATORS: dict[str, Callable[[str], bool]] = {"luhn": passes_luhn, "iban": is_iban}
_ALLOWED_AWAY = " · "  # a word boundary that no term contains


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Near(_Data):
    """A term of each list, at most so many words between them."""

    within_words: int = Field(ge=0, le=20)
    one: tuple[str, ...] = Field(min_length=1)
    other: tuple[str, ...] = Field(min_length=1)


class Rule(_Data):
    id: str
    severity: Literal["review", "fail"]
    terms: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    near: Near | None = None
    validate_with: Literal["luhn", "iban"] | None = Field(default=None, alias="validate")

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if not (self.terms or self.patterns or self.near):
            raise ValueError(f"rule {self.id} has neither terms, patterns nor near")
        return self


class Category(_Data):
    description: str
    remedy: str
    allow: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = Field(min_length=1)


class Rules(_Data):
    version: int
    categories: dict[str, Category] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that a text breaks. `excerpt` is masked: enough to find the place, too little to spread it."""

    category: str
    rule: str
    outcome: Outcome
    excerpt: str
    remedy: str


@dataclass(frozen=True, slots=True)
class _Question:
    """One compiled rule. Patterns are asked of the plain reading alone: digits are what they look for."""

    category: str
    rule: str
    outcome: Outcome
    remedy: str
    words: re.Pattern[str] | None
    patterns: tuple[re.Pattern[str], ...]
    is_genuine: Callable[[str], bool]

    def ask(self, plain: str, texts: Iterable[str]) -> Match | None:
        found = next((m for text in texts if self.words and (m := self.words.search(text))), None)
        found = found or next((m for p in self.patterns for m in p.finditer(plain) if self.is_genuine(m[0])), None)
        return Match(self.category, self.rule, self.outcome, masked(found[0]), self.remedy) if found else None


@dataclass(frozen=True, slots=True)
class Policy:
    """Compiled rules, a category at a time with the phrases it allows."""

    version: int
    categories: tuple[tuple[re.Pattern[str] | None, tuple[_Question, ...]], ...]

    def judge(self, text: str) -> tuple[Match, ...]:
        """Every rule that `text` breaks under any reading, in the order of the policy."""
        return tuple(self._matches(text))

    def _matches(self, text: str) -> Iterator[Match]:
        if reorders(text):
            remedy = "Retype the text; direction marks belong between words of right-to-left scripts alone."
            yield Match(HIDDEN_TEXT, "reordering", Outcome.FAIL, "text that reads otherwise than it is stored", remedy)
        plain, read = plain_letters(text), readings(text)
        for allowed, questions in self.categories:
            texts = [allowed.sub(_ALLOWED_AWAY, reading) for reading in read] if allowed else read
            yield from (match for question in questions if (match := question.ask(plain, texts)))


@cache
def load_policy() -> Policy:
    """The policy that ships. Raises `PermanentError` if it can't be read, or belongs to another version of the code."""
    return compile_policy(files("quality_checks.safety").joinpath("policy.yaml").read_text(encoding="utf-8"))


def compile_policy(text: str) -> Policy:
    """The policy in YAML `text`. Raises `PermanentError`."""
    try:
        rules = Rules.model_validate(yaml.safe_load(text))
        compiled = tuple(_compiled(name, category) for name, category in rules.categories.items())
    except (yaml.YAMLError, ValidationError, re.error) as error:
        raise PermanentError(f"the policy on words can't be read: {error}", remedy="Mend policy.yaml.") from error
    if rules.version != POLICY_RULES_VERSION:
        raise PermanentError(
            "the policy on words belongs to another version of the code",
            field="version",
            value=rules.version,
            allowed=str(POLICY_RULES_VERSION),
            remedy="Raise POLICY_RULES_VERSION and the policy's version together.",
        )
    return Policy(rules.version, compiled)


def _compiled(name: str, category: Category) -> tuple[re.Pattern[str] | None, tuple[_Question, ...]]:
    allowed = re.compile(_any_of(category.allow)) if category.allow else None
    return allowed, tuple(_question(name, category, rule) for rule in category.rules)


def _question(name: str, category: Category, rule: Rule) -> _Question:
    either = [_any_of(rule.terms)] if rule.terms else []
    if rule.near:
        one, other = _any_of(rule.near.one), _any_of(rule.near.other)
        gap = rf"(?:\W+\w+){{0,{rule.near.within_words}}}?\W+"
        either += [f"{one}{gap}{other}", f"{other}{gap}{one}"]
    return _Question(
        name,
        rule.id,
        Outcome(rule.severity),
        category.remedy,
        re.compile("|".join(either)) if either else None,
        tuple(re.compile(pattern) for pattern in rule.patterns),
        _VALIDATORS[rule.validate_with] if rule.validate_with else lambda _: True,
    )


def _any_of(terms: Iterable[str]) -> str:
    """Longest first, so that `glue gun` is taken before `gun`."""
    words = (_term(term) for term in sorted(terms, key=lambda term: (-len(term), term)))
    return rf"(?<![a-z0-9])(?:{'|'.join(words)})(?![a-z0-9])"


def _term(term: str) -> str:
    stem = r"[\s\-]+".join(re.escape(word) for word in term.removesuffix("*").split())
    return stem + (r"[a-z0-9]*" if term.endswith("*") else "")


def masked(text: str) -> str:
    """The first letter of each word, and a dot for every other."""
    return re.sub(r"(?<=\w)\w", "•", " ".join(text.split())[:60])

"""The closed vocabulary of backdrops: palettes, textures, motions, speeds and moods, with the phrases that name them.

Every word that the model's tokenizer knows is a word of these phrases or of `FILLERS`. The first phrase of each value
is its plain name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

PALETTES = {
    "ember": ("ember", "fiery red and orange", "glowing coals", "red"),
    "ocean": ("ocean blue", "deep sea blue", "navy and cyan", "blue"),
    "forest": ("forest green", "mossy green", "leaf green", "green"),
    "rose": ("rose pink", "blush pink", "magenta and pink", "pink"),
    "violet": ("violet", "royal purple", "purple and lavender", "purple"),
    "gold": ("gold", "golden amber", "honey yellow", "golden"),
    "slate": ("slate grey", "silver and grey", "steel grey", "grey", "gray"),
    "teal": ("teal", "mint and turquoise", "sea green", "turquoise"),
    "sunset": ("sunset", "dusk purple to orange", "evening sky colours", "dusk"),
}

TEXTURES = {
    "gradient": ("gradient", "colour gradient", "blended colours"),
    "bokeh": ("bokeh", "bokeh lights", "blurred circles of light"),
    "aurora": ("aurora", "northern lights", "curtains of light"),
    "waves": ("liquid waves", "flowing liquid", "marbled liquid", "waves"),
    "streaks": ("light streaks", "streaks of light", "light trails", "streaks"),
    "ripples": ("ripples", "water rings", "concentric rings"),
    "stars": ("starfield", "glowing stars", "stars"),
    "paper": ("folded paper", "creased paper", "crumpled paper", "paper"),
    "fabric": ("silk fabric", "draped satin", "folds of cloth", "fabric", "silk"),
}

MOTIONS = {
    "left": ("drifting left", "moving left", "sliding to the left"),
    "right": ("drifting right", "moving right", "sliding to the right"),
    "up": ("drifting up", "rising", "moving upwards"),
    "down": ("drifting down", "sinking", "moving downwards"),
    "in": ("zooming in", "coming closer", "pushing in"),
    "out": ("zooming out", "pulling back", "moving away"),
    "clockwise": ("turning clockwise", "rotating clockwise", "spinning clockwise"),
    "anticlockwise": ("turning anticlockwise", "rotating counterclockwise", "spinning anticlockwise"),
}

SPEEDS = {
    "slow": ("slowly", "very gently", "at a slow pace"),
    "steady": ("steadily", "at a steady pace", "at a medium pace"),
    "fast": ("fast", "quickly", "at a rapid pace"),
}

MOODS = {
    "calm": ("calm", "quiet", "relaxed"),
    "dramatic": ("dramatic", "dark and intense", "moody"),
    "airy": ("airy", "bright and light", "fresh"),
}

ASPECTS = {"palette": PALETTES, "texture": TEXTURES, "motion": MOTIONS, "speed": SPEEDS, "mood": MOODS}
"""What a prompt may say, aspect by aspect; texture and palette are what it has to say."""

FILLERS = (
    "a", "abstract", "an", "and", "animated", "animation", "as", "at", "atmosphere", "backdrop", "background", "clip",
    "coloured", "colours", "feel", "feeling", "for", "in", "loop", "mood", "moving", "of", "on", "palette", "scene",
    "shades", "smooth", "soft", "softly", "style", "the", "tones", "very", "video", "with",
)  # fmt: skip
"""Words that carry nothing a backdrop could show, and may stand anywhere."""


def words(aspects: Mapping[str, Mapping[str, tuple[str, ...]]] = ASPECTS) -> tuple[str, ...]:
    """Every word of the vocabulary, or of one with these `aspects`, sorted."""
    phrases = [phrase for values in aspects.values() for spoken in values.values() for phrase in spoken]
    return tuple(sorted({word for phrase in phrases for word in phrase.split()} | set(FILLERS)))


@dataclass(frozen=True, slots=True)
class Look:
    """What one backdrop shows, a value of each aspect."""

    palette: str
    texture: str
    motion: str
    speed: str
    mood: str

    def __post_init__(self) -> None:
        for aspect, values in ASPECTS.items():
            value = getattr(self, aspect)
            if value not in values:
                raise ValueError(f"The {aspect} is {value!r}; allowed: {', '.join(values)}.")


@dataclass(frozen=True, slots=True)
class Offer:
    """Which textures and motions there are: in a model's vocabulary, or in what it learns from."""

    textures: tuple[str, ...] = tuple(TEXTURES)
    motions: tuple[str, ...] = tuple(MOTIONS)

    def has(self, look: Look) -> bool:
        return look.texture in self.textures and look.motion in self.motions

    def aspects(self) -> dict[str, dict[str, tuple[str, ...]]]:
        """`ASPECTS` with what is offered alone, in the vocabulary's order."""
        kept = {"texture": self.textures, "motion": self.motions}
        return {
            aspect: {name: spoken for name, spoken in values.items() if name in kept.get(aspect, values)}
            for aspect, values in ASPECTS.items()
        }


EVERYTHING = Offer()

ALL_LOOKS = tuple(Look(*values) for values in product(PALETTES, TEXTURES, MOTIONS, SPEEDS, MOODS))

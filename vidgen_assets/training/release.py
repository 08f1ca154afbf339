"""What a trained folder says of itself when it becomes a model release."""

from vidgen_assets.backdrops.vocabulary import ASPECTS, FILLERS, words
from vidgen_assets.models.release import Vocabulary


def vocabulary() -> Vocabulary:
    """The closed vocabulary of backdrops: every word is understood, a palette and a texture are named."""
    return Vocabulary(
        words=words(),
        floor=1.0,
        fillers=FILLERS,
        aspects=ASPECTS,
        required=("palette", "texture"),
        meters="backdrops",
    )

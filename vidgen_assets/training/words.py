"""The tokenizer and the text encoder: a word for a word, and a small UMT5 that learns beside the transformer."""

from typing import Any

import transformers
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from vidgen_assets.backdrops.vocabulary import words
from vidgen_assets.training.config import TrainingConfig

_PAD, _END, _UNKNOWN = "<pad>", "</s>", "<unk>"

t: Any = transformers


def new_tokenizer(longest: int) -> Any:
    vocabulary = {word: number for number, word in enumerate([_PAD, _END, _UNKNOWN, ",", *words()])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token=_UNKNOWN))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Lowercase(), normalizers.Replace(Regex(r"[^\p{L}\p{N},]+"), " ")]
    )  # words are cut where the reader of prompts cuts them: "red-blue!" is two
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"$A {_END}", special_tokens=[(_END, vocabulary[_END])]
    )
    return t.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token=_PAD, eos_token=_END, unk_token=_UNKNOWN, model_max_length=longest
    )


def new_text_encoder(config: TrainingConfig, vocabulary_size: int) -> Any:
    size = config.transformer
    return t.UMT5EncoderModel(
        t.UMT5Config(
            vocab_size=vocabulary_size, d_model=size.text_dim, d_kv=size.text_dim // 4, d_ff=2 * size.text_dim,
            num_layers=size.text_layers, num_heads=4, dropout_rate=0.0, pad_token_id=0, eos_token_id=1,
            decoder_start_token_id=0,
        )
    )  # fmt: skip

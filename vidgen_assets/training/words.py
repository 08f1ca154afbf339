"""The tokenizer and the text encoder: a word for a word, and a small UMT5 that learns beside the transformer."""

import random
from typing import Any

import torch
import transformers
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
from torch import Tensor, nn
from torch.nn import functional

from vidgen_assets.backdrops.vocabulary import ALL_LOOKS, ASPECTS, words
from vidgen_assets.training.config import TrainingConfig
from vidgen_assets.training.material import in_words

_PAD, _END, _UNKNOWN = "<pad>", "</s>", "<unk>"

_READ_AT_ONCE, _READING_RATE, _TOLD_OVER = 256, 2e-3, 20
_UNNAMED = -100

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


def learn_to_read(encoder: Any, tokenizer: Any, config: TrainingConfig) -> float:
    """Train the text encoder to tell, of what it makes of a prompt, every aspect that the prompt names.

    A transformer that begins beside an encoder without meaning learns to make clips without listening, and the words
    for motion, which change a clip's latents least, are heard last. Returns the share of named aspects that were told
    in the last steps.
    """
    size = config.transformer
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        heads = nn.ModuleDict({aspect: nn.Linear(size.text_dim, len(values)) for aspect, values in ASPECTS.items()})
    device = next(encoder.parameters()).device
    heads = heads.to(device)
    optimiser = torch.optim.AdamW([*encoder.parameters(), *heads.parameters()], lr=_READING_RATE, weight_decay=0.0)
    told: list[float] = []
    for step in range(size.reading_steps):
        tokens, mask, named = _reading(tokenizer, config, step)
        said = encoder(tokens.to(device), mask.to(device)).last_hidden_state
        shown = mask.to(device)[..., None]
        heart = (said * shown).sum(1) / shown.sum(1)
        losses, right = [], []
        for number, head in enumerate(heads.values()):
            wanted = named[:, number].to(device)
            guess = head(heart)
            losses.append(functional.cross_entropy(guess, wanted, ignore_index=_UNNAMED))
            right.append((guess.argmax(1) == wanted)[wanted != _UNNAMED])
        torch.stack(losses).sum().backward()
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        told.append(float(torch.cat(right).float().mean()))
    last = told[-_TOLD_OVER:]
    return sum(last) / max(1, len(last))


def _reading(tokenizer: Any, config: TrainingConfig, step: int) -> tuple[Tensor, Tensor, Tensor]:
    """Prompts' tokens, their mask, and for each aspect the number of the value that is named, or `_UNNAMED`."""
    chooser = random.Random(f"{config.seed}/reading/{step}")
    looks = chooser.choices(ALL_LOOKS, k=_READ_AT_ONCE)
    prompts = [in_words(look, chooser) for look in looks]
    said = tokenizer(
        prompts, padding="max_length", max_length=config.transformer.longest_prompt, truncation=True,
        return_tensors="pt",
    )  # fmt: skip
    named = [
        [
            list(values).index(value) if any(_says(prompt, phrase) for phrase in values[value]) else _UNNAMED
            for aspect, values in ASPECTS.items()
            for value in [getattr(look, aspect)]
        ]
        for look, prompt in zip(looks, prompts, strict=True)
    ]
    return said.input_ids, said.attention_mask, torch.tensor(named)


def _says(prompt: str, phrase: str) -> bool:
    return f" {phrase} " in f" {prompt} "

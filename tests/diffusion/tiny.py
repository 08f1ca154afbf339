"""Pipelines of the real diffusers classes with tiny random weights, saved in the layout that `from_pretrained` reads.

Everything is seeded: a family is the same bytes each time. The tokenizer knows a handful of words and no file is
downloaded.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers
from tokenizers import Tokenizer, models, pre_tokenizers, processors

# Their constructors are typed for the released models' parts, and looser than that at run time.
d: Any = diffusers
t: Any = transformers

WORDS = (
    "a", "aurora", "blue", "bokeh", "calm", "dawn", "drifting", "fast", "gold", "gradient", "green", "light", "paper",
    "quiet", "ripples", "slow", "soft", "stars", "warm", "waves", "blurry",
)  # fmt: skip
_SPECIAL = ["<pad>", "</s>", "<unk>"]


def tiny_tokenizer(longest: int = 32) -> Any:
    """Words by white space, `</s>` at the end, padded like T5's."""
    vocabulary = {word: number for number, word in enumerate([*_SPECIAL, *WORDS])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", special_tokens=[("</s>", vocabulary["</s>"])]
    )
    return t.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        eos_token="</s>",
        unk_token="<unk>",
        model_max_length=longest,
    )


def _t5(config_class: Any, model_class: Any) -> Any:
    return model_class(
        config_class(
            vocab_size=len(WORDS) + len(_SPECIAL), d_model=16, d_kv=8, d_ff=32, num_layers=2, num_heads=2,
            pad_token_id=0, eos_token_id=1, decoder_start_token_id=0,
        )
    ).eval()  # fmt: skip


def _wan_vae() -> Any:
    return d.AutoencoderKLWan(
        base_dim=4, z_dim=4, dim_mult=[1, 1, 1, 1], num_res_blocks=1, temperal_downsample=[False, True, True],
        latents_mean=[0.1, -0.2, 0.0, 0.3], latents_std=[1.0, 0.9, 1.1, 1.2],
    ).eval()  # fmt: skip


def _wan_transformer(in_channels: int, image_dim: int | None = None) -> Any:
    return d.WanTransformer3DModel(
        patch_size=(1, 2, 2), num_attention_heads=2, attention_head_dim=12, in_channels=in_channels, out_channels=4,
        text_dim=16, freq_dim=16, ffn_dim=32, num_layers=2, cross_attn_norm=True, qk_norm="rms_norm_across_heads",
        rope_max_seq_len=32, image_dim=image_dim,
    ).eval()  # fmt: skip


def wan(**options: Any) -> Any:
    return d.WanPipeline(
        tokenizer=tiny_tokenizer(),
        text_encoder=_t5(t.UMT5Config, t.UMT5EncoderModel),
        vae=_wan_vae(),
        scheduler=d.FlowMatchEulerDiscreteScheduler(shift=3.0),
        transformer=_wan_transformer(4),
        **options,
    )


def wan22_small() -> Any:
    """Wan 2.2 TI2V: one transformer, a time step for each token."""
    return wan(expand_timesteps=True)


def wan22_large() -> Any:
    """Wan 2.2 A14B: a transformer for the noisy steps, another for the rest."""
    return wan(transformer_2=_wan_transformer(4), boundary_ratio=0.875)


def wan_image() -> Any:
    vision = t.CLIPVisionConfig(
        hidden_size=8, projection_dim=8, intermediate_size=16, num_hidden_layers=2, num_attention_heads=2,
        image_size=32, patch_size=16,
    )  # fmt: skip
    return d.WanImageToVideoPipeline(
        tokenizer=tiny_tokenizer(),
        text_encoder=_t5(t.UMT5Config, t.UMT5EncoderModel),
        vae=_wan_vae(),
        scheduler=d.FlowMatchEulerDiscreteScheduler(shift=3.0),
        image_processor=t.CLIPImageProcessor(crop_size=32, size=32),
        image_encoder=t.CLIPVisionModel(vision).eval(),
        transformer=_wan_transformer(12, image_dim=8),
    )


def _ltx_parts() -> dict[str, Any]:
    vae = d.AutoencoderKLLTXVideo(
        latent_channels=8, block_out_channels=(8, 8, 8, 8), decoder_block_out_channels=(8, 8, 8, 8),
        layers_per_block=(1, 1, 1, 1, 1), decoder_layers_per_block=(1, 1, 1, 1, 1),
        spatio_temporal_scaling=(True, True, False, False),
        decoder_spatio_temporal_scaling=(True, True, False, False),
        decoder_inject_noise=(False, False, False, False, False), upsample_residual=(False, False, False, False),
        upsample_factor=(1, 1, 1, 1), timestep_conditioning=False, patch_size=1, patch_size_t=1,
        encoder_causal=True, decoder_causal=False,
    ).eval()  # fmt: skip
    transformer = d.LTXVideoTransformer3DModel(
        in_channels=8, out_channels=8, patch_size=1, patch_size_t=1, num_attention_heads=2, attention_head_dim=8,
        cross_attention_dim=16, num_layers=1, caption_channels=16,
    ).eval()  # fmt: skip
    return {
        "tokenizer": tiny_tokenizer(),
        "text_encoder": _t5(t.T5Config, t.T5EncoderModel),
        "vae": vae,
        "scheduler": d.FlowMatchEulerDiscreteScheduler(),
        "transformer": transformer,
    }


def ltx() -> Any:
    return d.LTXPipeline(**_ltx_parts())


def ltx_image() -> Any:
    return d.LTXImageToVideoPipeline(**_ltx_parts())


def cogvideox() -> Any:
    return d.CogVideoXPipeline(
        tokenizer=tiny_tokenizer(),
        text_encoder=_t5(t.T5Config, t.T5EncoderModel),
        vae=d.AutoencoderKLCogVideoX(
            in_channels=3, out_channels=3, latent_channels=4, layers_per_block=1, norm_num_groups=2,
            down_block_types=("CogVideoXDownBlock3D",) * 4, up_block_types=("CogVideoXUpBlock3D",) * 4,
            block_out_channels=(8, 8, 8, 8), temporal_compression_ratio=4,
        ).eval(),
        scheduler=d.CogVideoXDDIMScheduler(),
        transformer=d.CogVideoXTransformer3DModel(
            num_attention_heads=2, attention_head_dim=16, in_channels=4, out_channels=4, time_embed_dim=2,
            text_embed_dim=16, num_layers=1, sample_width=4, sample_height=4, sample_frames=9, patch_size=2,
            temporal_compression_ratio=4, max_text_seq_length=16, use_rotary_positional_embeddings=True,
        ).eval(),
    )  # fmt: skip


def hunyuan() -> Any:
    text = t.LlamaConfig(
        vocab_size=len(WORDS) + len(_SPECIAL), hidden_size=16, intermediate_size=32, num_hidden_layers=3,
        num_attention_heads=2, pad_token_id=0, eos_token_id=1, bos_token_id=2, max_position_embeddings=256,
    )  # fmt: skip
    clip = t.CLIPTextConfig(
        vocab_size=len(WORDS) + len(_SPECIAL), hidden_size=8, intermediate_size=16, num_hidden_layers=2,
        num_attention_heads=2, projection_dim=8, pad_token_id=0, eos_token_id=1, bos_token_id=2,
        max_position_embeddings=77,
    )  # fmt: skip
    return d.HunyuanVideoPipeline(
        tokenizer=tiny_tokenizer(256),
        text_encoder=t.LlamaModel(text).eval(),
        tokenizer_2=tiny_tokenizer(77),
        text_encoder_2=t.CLIPTextModel(clip).eval(),
        vae=d.AutoencoderKLHunyuanVideo(
            in_channels=3, out_channels=3, latent_channels=4,
            down_block_types=("HunyuanVideoDownBlock3D",) * 4, up_block_types=("HunyuanVideoUpBlock3D",) * 4,
            block_out_channels=(8, 8, 8, 8), layers_per_block=1, act_fn="silu", norm_num_groups=4,
            scaling_factor=0.476986,
            spatial_compression_ratio=8, temporal_compression_ratio=4, mid_block_add_attention=True,
        ).eval(),
        scheduler=d.FlowMatchEulerDiscreteScheduler(shift=7.0),
        transformer=d.HunyuanVideoTransformer3DModel(
            in_channels=4, out_channels=4, num_attention_heads=2, attention_head_dim=10, num_layers=1,
            num_single_layers=1, num_refiner_layers=1, patch_size=1, patch_size_t=1, guidance_embeds=True,
            text_embed_dim=16, pooled_projection_dim=8, rope_axes_dim=(2, 4, 4),
        ).eval(),
    )  # fmt: skip


TINY: dict[str, Callable[[], Any]] = {
    "WanPipeline": wan,
    "WanImageToVideoPipeline": wan_image,
    "LTXPipeline": ltx,
    "LTXImageToVideoPipeline": ltx_image,
    "CogVideoXPipeline": cogvideox,
    "HunyuanVideoPipeline": hunyuan,
}


def save_tiny(pipeline: str, folder: Path, seed: int = 0) -> Path:
    """The tiny weights of a pipeline class, saved; the same bytes for the same seed."""
    torch.manual_seed(seed)
    TINY[pipeline]().save_pretrained(folder, safe_serialization=True)
    return folder


def ltx_with_timestep_conditioning(pipeline: str) -> Any:
    """LTX-Video from 0.9.1 on: the VAE denoises once more while it decodes."""
    parts = _ltx_parts()
    parts["vae"] = d.AutoencoderKLLTXVideo(
        **{**dict(parts["vae"].config), "timestep_conditioning": True}
    ).eval()  # fmt: skip
    return getattr(d, pipeline)(**parts)

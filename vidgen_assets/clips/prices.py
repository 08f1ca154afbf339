"""The price book: usage in, money out. Data in `data/price_book.yaml`; money is always `Decimal`."""

from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib.resources import files

import yaml

from vidgen_assets.clips.frozen import Frozen
from vidgen_assets.clips.ledger import Usage
from vidgen_assets.clips.post_costs import PostCosts

_GIB = 1 << 30
_PRECISION = Decimal("0.00000001")


class Estimate(Frozen):
    template_cpu_s_per_video_s: float
    model_gpu_s_per_video_s: float
    model_cpu_s_per_video_s: float
    stored_bytes_per_video_s: int
    post_cpu_s_per_megapixel_frame: PostCosts = PostCosts()
    """What a profile's steps take besides; `PostCosts.cpu_s` counts them for a clip."""

    def usage(
        self, duration_s: Fraction, *, by_model: bool = False, has_gpu: bool = True, post_cpu_s: float = 0.0
    ) -> Usage:
        """What a clip of `duration_s` is expected to consume over all stages: drawn from a template, or by a model;
        `post_cpu_s` for the steps of its profile.

        Without a GPU the model's seconds are the processor's, which is a guess by the time, not by the work.
        """
        stored = round(self.stored_bytes_per_video_s * duration_s)
        if not by_model:
            cpu_s = self.template_cpu_s_per_video_s * float(duration_s) + post_cpu_s
            return Usage(cpu_s=cpu_s, stored_bytes=stored)
        model_s = self.model_gpu_s_per_video_s * float(duration_s)
        cpu_s = self.model_cpu_s_per_video_s * float(duration_s) + post_cpu_s
        if has_gpu:
            return Usage(cpu_s=cpu_s, gpu_s=model_s, stored_bytes=stored)
        return Usage(cpu_s=cpu_s + model_s, stored_bytes=stored)


class PriceBook(Frozen):
    version: str
    currency: str
    cpu_second: Decimal
    gpu_second: Decimal
    stored_gib_month: Decimal
    stored_months: int
    estimate: Estimate

    def price(self, usage: Usage) -> Decimal:
        compute = self.cpu_second * Decimal(str(usage.cpu_s)) + self.gpu_second * Decimal(str(usage.gpu_s))
        storage = self.stored_gib_month * self.stored_months * usage.stored_bytes / _GIB
        return (compute + storage).quantize(_PRECISION)


@cache
def load_price_book() -> PriceBook:
    text = files("vidgen_assets.clips").joinpath("data/price_book.yaml").read_text(encoding="utf-8")
    return PriceBook.model_validate(yaml.safe_load(text))

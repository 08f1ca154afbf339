"""Diffusion in three steps, each of which can run in a process of its own: encode, denoise, decode.

`weights.py` finds and verifies a release's files, `loading.py` loads what one step needs, `encode.py`, `denoise.py` and
`decode.py` are the steps, `families/` what differs between pipeline classes. `checkpoint.py` saves a clip between two
denoising steps, `latents_file.py` is what denoising hands to decoding. Everything here imports torch: import it inside
functions. Which release makes a clip is decided in `vidgen_assets/models/`; `resources/backends/diffusion.py` is the
backend.
"""

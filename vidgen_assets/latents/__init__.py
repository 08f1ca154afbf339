"""Specs in, latents out: the compact generative state a clip's frames follow from.

For a template it is the resolved timeline, for a diffusion pipeline the denoised tensor. The work is a backend's
(`resources/backends/`); this room only asks for it.
"""

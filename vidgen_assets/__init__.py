"""The factory's Dagster project: one room per stage of a clip's walk from catalog row to released video.

Start with `clips/` (the shared values), then open the rooms in the order of the asset graph:
`catalogs`, `prompts`, `latents`, `frames`, `encodes`, `manifests`, `qa_scores`, `releases`.
`definitions.py` is the only place where everything meets.
"""

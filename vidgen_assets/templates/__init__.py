"""Templates: pictures that move, described by data and drawn by one compositor.

A template is a folder in `library/` with `template.yaml` and its fonts. `document.py` loads it, `variables.py` holds a
request against it, `timeline.py` resolves both into a `scene.py` timeline, and `compositor.py` draws its frames over a
moving backdrop. Nothing here knows Dagster or a store; `resources/backends/template.py` is the adapter.
"""

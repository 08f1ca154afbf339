"""Training of the small backdrop model: a job of this project, from a seed and a configuration to a model release.

Clips are drawn as they are needed (`vidgen_assets.backdrops`), so there is no dataset to fetch; what is drawn depends
on the seed and the step alone. Everything can be stopped at any step and goes on from its last checkpoint.
"""

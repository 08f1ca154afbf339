"""Soft moving backdrops for compositing: what may be asked for, and how each looks and moves.

The closed vocabulary, the procedural scenes that are ground truth for everything learnt, and the meters that say
whether a clip shows what was asked for. The small model in `models/` is trained on these scenes and judged by them.
"""

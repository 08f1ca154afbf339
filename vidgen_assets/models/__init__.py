"""What a model release is, and what follows from it, as plain values: no torch, no I/O, no Dagster.

`release.py` is the value itself, `families.py` what each pipeline class can do, `admission.py` who is let in,
`routing.py` which release makes a clip, `registry.py` how releases come and go, `canary.py` when one is worse.
Running a pipeline is `vidgen_assets/diffusion/`; keeping the record is `resources/model_registry.py`.
"""

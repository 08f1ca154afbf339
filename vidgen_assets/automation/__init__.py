"""What starts work: enrolling catalogs, the inbox sensor, the retry schedule, the jobs they request.

Nothing here decides whether a clip may pass; that is the gate's (`resources/gate.py`), however work is started.
"""

"""Problems without events: runs that hang, are late or missing, lost workers, stale data.

A small loop beside the server. It only reads, except that it ends runs whose process is dead.
It reports each finding once, as an event that an automation delivers.
"""

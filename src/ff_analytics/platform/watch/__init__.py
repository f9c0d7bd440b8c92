"""What no event tells: runs that hang, are late or never come, workers gone, data grown old.

A small loop beside the server. It only reads, except that it ends runs whose process is dead;
what it finds it says once, as an event that an automation delivers.
"""

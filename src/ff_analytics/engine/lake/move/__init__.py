"""`ff lake move`: a complete lake with its history, to another catalog and storage.

A DuckLake is data files plus the catalog's rows about them, with paths relative to the lake's
prefix. So both are copied unchanged: files first, byte by byte, then the catalog's rows in one
transaction. Snapshots, their ids and their authors do not change, so `as_of` stays valid.
Afterwards both lakes are read and compared, table by table.
"""

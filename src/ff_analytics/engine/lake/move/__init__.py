"""`ff lake move`: a whole lake, its history included, to another catalog and storage.

A DuckLake is data files plus the catalog's rows about them, with paths relative to the lake's
prefix. So both are copied as they are: files first, byte by byte, then the catalog's rows in one
transaction. Snapshots, their ids and their makers stay what they were, and with them `as_of`.
Afterwards both lakes are read, table by table, and compared.
"""

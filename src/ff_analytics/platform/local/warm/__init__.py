"""Warm start: a flow run is a fork of a process that has imported Prefect and dbt already.

`client` is the run's process as the worker knows it; `server` forks; `child` becomes the run;
`stale` notices that the server's code is old. The word `prefect_engine` in the client's command
line is what drain and watch know a run by.
"""

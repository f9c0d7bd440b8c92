"""The five stages of an analytics run, as plain functions over a `Run`."""

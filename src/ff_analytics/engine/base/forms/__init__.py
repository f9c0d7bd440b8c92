"""Parameters as people fill them in: order of the form, lists of choices, names of runs."""

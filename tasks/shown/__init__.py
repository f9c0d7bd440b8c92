"""What people see of runs beside their results: names, and the lines of the log."""

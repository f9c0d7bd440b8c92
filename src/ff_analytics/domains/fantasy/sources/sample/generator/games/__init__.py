"""Weekly statistics of the invented league."""

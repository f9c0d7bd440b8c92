"""Source `sample`: the invented league."""

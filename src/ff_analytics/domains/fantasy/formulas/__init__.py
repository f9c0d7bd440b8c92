"""Pure formulas: frames in, frames out."""

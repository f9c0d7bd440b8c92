"""What every page shares: who may see it, its shell, its address, its grid."""

"""`ff new`: write a product or a source from template files."""

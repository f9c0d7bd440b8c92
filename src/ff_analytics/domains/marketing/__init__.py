"""Marketing: how the channels of a business perform against one another."""

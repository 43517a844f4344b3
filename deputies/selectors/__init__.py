"""Questions about people and what they do together. One file per noun."""

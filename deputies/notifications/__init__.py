"""Who is told what of people and what they do together. One file per noun."""

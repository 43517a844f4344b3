"""The pages of this app. One file per noun."""

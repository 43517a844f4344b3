"""What people fill in. One file per noun."""

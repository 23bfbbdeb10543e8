"""What is measured, and against whom. One command each: `make bench NAME=turns`."""

"""What the lists and the model are made from, and the scripts that make them. Needs the extra `test`."""

"""Statistics of a release: counted over its written files, as tables and pictures."""

"""Publishing a release on a hub of data sets: private first, gated, and public only by a step of its own."""

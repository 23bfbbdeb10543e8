"""The tabs: they lay out and forward."""

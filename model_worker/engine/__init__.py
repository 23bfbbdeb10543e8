"""Engines: servers that hold the weights. Ours are started and watched here, those of others only watched."""

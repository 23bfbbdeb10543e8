"""Who calls `/v1` with which key, how much of what, and what it costs."""

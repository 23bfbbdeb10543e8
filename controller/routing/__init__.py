"""The rules of routing, without I/O: time and chance are arguments."""

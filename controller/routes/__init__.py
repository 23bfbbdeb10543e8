"""What can be called over HTTP. Routes name their inputs, call one function, return its result."""

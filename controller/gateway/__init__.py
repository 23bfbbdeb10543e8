"""The OpenAI-compatible gateway: bytes pass through; what has to be known of them is read on the way."""

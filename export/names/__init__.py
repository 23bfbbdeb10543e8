"""Names of persons: found by lists and a trained model, numbered alike throughout a conversation."""

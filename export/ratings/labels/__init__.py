"""Labels of prompts that a model gives, for categories that no rule can tell."""

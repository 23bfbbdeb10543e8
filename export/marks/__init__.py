"""What a release says of repetitions in it: duplicates, sample prompts, benchmarks' items. Nothing is removed."""

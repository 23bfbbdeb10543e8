"""Personal data in what people wrote: found by pattern, proven by checksum or context, replaced by typed marks."""

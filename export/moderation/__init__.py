"""What a moderation model said of each message."""

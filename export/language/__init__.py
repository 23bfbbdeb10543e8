"""In which language a conversation began."""

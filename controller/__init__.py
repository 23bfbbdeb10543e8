"""Routes chats and battles, knows who is who, and writes the ledger."""

"""The leaderboard as a folder of pages: no server, no request to anybody, the same bytes for the same board."""

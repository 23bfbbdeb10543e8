"""Raw HTTP/1.1 to workers: requests are written by hand, heads read by httptools, bodies framed here."""

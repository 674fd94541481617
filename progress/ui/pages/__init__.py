"""One file for each page; run by the router."""

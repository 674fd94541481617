"""The start script."""

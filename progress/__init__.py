"""Honest before/after photography of skin: every change with its error."""

"""Rendered skin, heads and shots of known truth: the samples and the lab measure against it."""

"""Pictures, charts and words: what a measurement looks like and how it is said."""

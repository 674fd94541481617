"""How the tables came to be: one file per step, run by `progress.store.migrate` on open."""

"""Proof that the numbers hold: simulated truth, known doses, false alarms, alignment error."""

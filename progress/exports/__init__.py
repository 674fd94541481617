"""What leaves the house: reports, marketing comparisons, evidence, tables and time-lapses."""

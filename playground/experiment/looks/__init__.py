"""What a moment of a run can be asked: one file a measurement. Knows no screen."""

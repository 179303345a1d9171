"""What is written down of a run, on a schedule of steps. Knows no network and no run."""

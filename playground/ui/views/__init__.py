"""The views: one file each, drawing what a Frame holds and nothing else."""

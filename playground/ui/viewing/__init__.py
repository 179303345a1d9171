"""What every view is, and what several have in common; the views themselves are next door."""

"""The panels on the left: data and learning."""

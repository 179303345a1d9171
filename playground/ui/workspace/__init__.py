"""What a window works at: document, training thread, files. Knows no widgets."""

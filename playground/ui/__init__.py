"""The window. The only folder that knows Qt and pyqtgraph."""

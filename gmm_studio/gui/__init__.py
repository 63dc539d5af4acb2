"""The window: Qt and pyqtgraph, which nothing else knows."""

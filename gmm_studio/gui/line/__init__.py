"""The view of one-dimensional data: histogram, densities, rug."""

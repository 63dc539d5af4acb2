"""The mathematics: mixtures, expectation-maximisation, starts. NumPy and SciPy only."""

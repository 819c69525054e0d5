"""How many points does each feature earn? The shipped expert scorecard, and the reader and checks of any other."""

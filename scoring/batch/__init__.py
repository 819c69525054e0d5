"""In which order does a batch work? The stages, their gates, and how a start of them survives being killed."""

"""How long does the work take, beside what else could do it? ``python -m benchmarks`` (or ``make bench``)."""

"""What should the queries of the library answer? Each question a second time, by pandas and NetworkX."""

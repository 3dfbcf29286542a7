"""
What can be claimed from counts, samples and series, and how surely. Pure: numbers in, claims out.

What is small and exact is here in full; regressions come from statsmodels, which the extra `stats` brings and which is
imported where it is used. No database, no words of a report.
"""

"""
Arithmetic on figures as others publish them: rounded, cumulative, of unequal periods, and sometimes wrong.

Everything keeps what is not known: a rounded share gives an interval, "over" gives a bound, two sources that differ
give two. No database, and no metric of a campaign's own.
"""

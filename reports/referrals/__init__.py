"""
Referrals of terrorist content to platforms, and what became of them: digests and instants, never links or content.

A link that a file brings is digested before anything else sees it. What is here says how fast and how surely platforms
remove; it names no person who uploaded, and it never fetches anything.
"""

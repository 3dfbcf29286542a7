"""The nouns of a campaign document, one a file: their keys and what each accepts. What spans nouns is not here."""

"""Who agreed to exactly which bytes: keys, trust files, statements, envelopes, approvals. Knows no releases."""

"""The checks: one file each, strangers to each other. `content.checklist` names them in order."""

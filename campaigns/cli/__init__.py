"""The commands of this floor, one file a noun; each registers itself on the app that `main` gives it."""

"""The commands of planning, signing, publishing and control: words in, words out. Decisions live below."""

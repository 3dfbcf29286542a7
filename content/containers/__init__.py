"""What the container of a media file says, one kind a file. Nothing here decodes a picture."""

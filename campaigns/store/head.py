"""The version of the tables that this code was written for, readable without loading anything."""

HEAD = "0016"  #: the newest migration; a test holds it to the newest file
BUSY_SECONDS = 5.0  #: how long SQLite waits for another writer

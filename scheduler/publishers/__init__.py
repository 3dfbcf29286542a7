"""Publishers, one file each, strangers to each other: the contract is `scheduler.publisher`, the list the roster."""

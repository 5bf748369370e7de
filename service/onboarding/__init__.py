"""What a first configuration can be written from."""

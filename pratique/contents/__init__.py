"""What only members may see: one file per content type, its fields and its rules. No I/O, no keys, no clock."""

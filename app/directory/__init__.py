"""Keep who there is: parties, devices with their certificates, operations."""

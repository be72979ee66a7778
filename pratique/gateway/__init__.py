"""The bridge of one Member: REST and webhooks for its own systems inside, sealed entries outside."""

"""Answer who asks: enrolments, sessions by device key, access tokens."""

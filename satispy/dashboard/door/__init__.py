"""Who comes in: sign-in, the first account, the cookie, and who a session belongs to."""

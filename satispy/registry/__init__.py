"""Which models are trained, kept and serve: the BentoML store, archives in S3, the pointer."""

"""Plugins that let LocalStack run without Docker, on loopback only, with S3 kept on disk."""

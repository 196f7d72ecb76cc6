"""The customer's pages: form, status, files."""

"""Our own check of who sent a mail: DKIM, SPF and DMARC, in a child process that asks the name server only."""

"""From the bytes of a mail to what it says, who says it, and where it belongs: pure, and run in a child process."""

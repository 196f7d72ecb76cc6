"""Making the encoder's files once from published weights, with packages that serving does not need."""

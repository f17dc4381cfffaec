"""What might come: other plans of the same proposal, and grants to seek. Each answers by itself."""

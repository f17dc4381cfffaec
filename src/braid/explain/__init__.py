"""Why a need is not met, and what a person must look at. Sentences in plain words, with dollars and dates."""

"""Twenty troubles of Keras users: each made, explained and cured."""

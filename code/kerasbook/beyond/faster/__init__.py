"""CIFAR-10 in minutes on two cores: the network, its training, its score."""

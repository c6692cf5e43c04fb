"""CIFAR-10 in few steps: the network, its training, its score."""

"""Named entities in Chinese, further than one network, without pretraining."""

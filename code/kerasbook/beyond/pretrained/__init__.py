"""A pretrained language model: embeddings, LoRA, fine-tuning."""

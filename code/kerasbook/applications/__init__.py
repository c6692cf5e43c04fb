"""Applications: image classification, object detection, text and entities."""

"""What happens to prose between page and format."""

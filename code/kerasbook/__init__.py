"""The code of *Machine Learning in Keras: Review and Outlook*.

One module per section. The pages of the book include these definitions by
name; nothing here knows how the book is built.
"""

__version__ = "0.1.0"

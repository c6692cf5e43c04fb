"""Batches of texts for a trained model: whole posts, and words with tags."""

import numpy as np

from kerasbook.beyond.pretrained.reading import pad_windows


def tokenize_words(tokenizer, words):
    """Tokenize words to subwords, with the index of each word's first subword.

    A word of which nothing is left, such as a lone control character,
    becomes the unknown piece.

    Returns:
        ids of all pieces, a list, and the position of each word's first.
    """
    ids, firsts = [], []
    for pieces in tokenizer(words):
        firsts.append(len(ids))
        ids += list(map(int, pieces)) or [tokenizer.token_to_id("[UNK]")]
    return ids, firsts


class TokenBatches:
    """Batches of tokenized texts of similar length.

    Args:
        tokenizer: of KerasHub.
        batch_size: texts a batch.
        seed: of the order; None keeps it, from short to long.
    """

    def __init__(self, tokenizer, *, batch_size=32, seed=None):
        self.tokenizer, self.batch_size = tokenizer, batch_size
        self.generator = np.random.default_rng(seed)
        self.mixed = seed is not None
        self.ids = []  # of each text, a list

    def __len__(self):
        return -(-len(self.ids) // self.batch_size)

    def __iter__(self):
        return map(self.batch, self.groups())

    def groups(self):
        """Return the positions of the texts of each batch."""
        lengths = np.array([len(ids) for ids in self.ids], float)
        starts = self.batch_size * np.arange(len(self))
        if self.mixed:
            lengths += self.generator.uniform(0, 4, len(lengths))
            self.generator.shuffle(starts)
        order = np.argsort(lengths, kind="stable")
        return [order[start : start + self.batch_size] for start in starts]

    def batch(self, chosen):
        """Return inputs and labels of the chosen texts."""
        inputs = pad_windows(
            [self.ids[index] for index in chosen],
            start=self.tokenizer.start_token_id,
            end=self.tokenizer.end_token_id,
        )
        return inputs, self.label(chosen, inputs)


class PostBatches(TokenBatches):
    """Batches of posts, cut to `length` places, with a label each."""

    def __init__(self, posts, labels, tokenizer, *, length, **settings):
        super().__init__(tokenizer, **settings)
        self.ids = [
            list(map(int, ids))[: length - 2] for ids in tokenizer(posts)
        ]
        self.labels = np.array(labels)

    def label(self, chosen, inputs):
        """Return the labels of the chosen posts, `(batch,)`."""
        return self.labels[chosen]


def predict_posts(model, batches):
    """Class of each post, in the order in which the posts were given."""
    found = np.zeros(len(batches.ids), int)
    for chosen in batches.groups():
        logits = model.predict_on_batch(batches.batch(chosen)[0])
        found[chosen] = np.argmax(logits, axis=-1)
    return found


def first_subword_labels(labels, firsts, time):
    """Labels of the words at their first subwords, else -1, `(time,)`."""
    row = np.full(time, -1, "int32")
    row[1 + np.array(firsts)] = labels  # [CLS] stands before them
    return row


def capital_segments(words, firsts, num_tokens):
    """Segment of each token: 1 if its word begins with a capital letter."""
    capital = [word[:1].isupper() for word in words]
    return np.repeat(capital, np.diff([*firsts, num_tokens]))


class SentenceBatches(TokenBatches):
    """Batches of sentences with a tag for each word.

    Labels `(batch, time)` are the number of a word's tag at its first
    piece, and -1 elsewhere. The pieces of a word that begins with a capital
    are in segment 1: the tokenizer itself need not know capitals.

    Args:
        sentences: list of `(words, tags)`.
        tokenizer: of KerasHub.
        tags: list of all tags.
        settings: `batch_size` and `seed` of `TokenBatches`.
    """

    def __init__(self, sentences, tokenizer, tags, **settings):
        super().__init__(tokenizer, **settings)
        self.words = [words for words, _ in sentences]
        cut = [tokenize_words(tokenizer, words) for words in self.words]
        self.ids, self.firsts = zip(*cut, strict=True)
        self.labels = [[tags.index(tag) for tag in its] for _, its in sentences]

    def label(self, chosen, inputs):
        """Return labels `(batch, time)`, and put capitals into segment 1."""
        labels = []
        for row, index in enumerate(chosen):
            firsts, count = self.firsts[index], len(self.ids[index])
            labels.append(
                first_subword_labels(
                    self.labels[index], firsts, inputs["token_ids"].shape[1]
                )
            )
            inputs["segment_ids"][row, 1 : 1 + count] = capital_segments(
                self.words[index], firsts, count
            )
        return np.stack(labels)


def predict_words(model, batches):
    """Logits at the first subword of each word.

    Returns a list of arrays `(words, num_tags)`, one per sentence.
    """
    found = [None] * len(batches.ids)
    for chosen in batches.groups():
        logits = model.predict_on_batch(batches.batch(chosen)[0])
        for index, rows in zip(chosen, logits, strict=True):
            found[index] = rows[1 + np.array(batches.firsts[index])]
    return found

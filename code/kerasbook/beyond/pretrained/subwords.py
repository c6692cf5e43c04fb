"""Words and the pieces that a tokenizer cuts them into."""

import numpy as np

from kerasbook.beyond.pretrained.reading import pad_windows


def cut_words(tokenizer, words):
    """Cut words into pieces, and say where each word begins.

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


class PieceBatches:
    """Iterates over batches of sentences of like length, cut into pieces.

    A batch is the inputs of a BERT and labels `(batch, time)`: the number
    of a word's tag at its first piece, -1 elsewhere. Where a word begins
    with a capital, its pieces are in segment 1.

    Args:
        sentences: list of `(words, tags)`.
        tokenizer: of KerasHub; it need not know capitals.
        tags: list of all tags.
        batch_size: sentences a batch.
        seed: of the order; None keeps it.
    """

    def __init__(self, sentences, tokenizer, tags, *, batch_size=32, seed=None):
        numbers = {tag: number for number, tag in enumerate(tags)}
        self.tokenizer, self.batch_size = tokenizer, batch_size
        self.generator = seed is not None and np.random.default_rng(seed)
        self.examples = [
            (words, *cut_words(tokenizer, words), [numbers[tag] for tag in its])
            for words, its in sentences
        ]

    def __len__(self):
        return -(-len(self.examples) // self.batch_size)

    def groups(self):
        """Return the positions of the sentences of each batch."""
        lengths = np.array([len(ids) for _, ids, *_ in self.examples], float)
        starts = self.batch_size * np.arange(len(self))
        if self.generator:
            lengths += self.generator.uniform(0, 4, len(lengths))
            self.generator.shuffle(starts)
        order = np.argsort(lengths, kind="stable")
        return [order[start : start + self.batch_size] for start in starts]

    def __iter__(self):
        return map(self.batch, self.groups())

    def batch(self, chosen):
        """Return inputs and labels of the chosen sentences."""
        some = [self.examples[index] for index in chosen]
        inputs = pad_windows(
            [ids for _, ids, *_ in some],
            start=self.tokenizer.start_token_id,
            end=self.tokenizer.end_token_id,
        )
        labels = np.full(inputs["token_ids"].shape, -1, "int32")
        for row, (words, ids, firsts, numbers) in enumerate(some):
            labels[row, 1 + np.array(firsts)] = numbers
            counts = np.diff([*firsts, len(ids)])
            capital = np.repeat([word[:1].isupper() for word in words], counts)
            inputs["segment_ids"][row, 1 : 1 + len(ids)] = capital
        return inputs, labels


def predict_words(model, batches):
    """Return what the model says of each word's first piece.

    Returns:
        list of arrays `(words, num_tags)`, one per sentence.
    """
    found = [None] * len(batches.examples)
    for chosen in batches.groups():
        logits = model.predict_on_batch(batches.batch(chosen)[0])
        for index, rows in zip(chosen, logits, strict=True):
            firsts = batches.examples[index][2]
            found[index] = rows[1 + np.array(firsts)]
    return found

"""Features and vocabulary of a tagger: columns of strings, then integers."""

from collections import Counter

import numpy as np

from kerasbook.tagging import entity_spans, tags_from_spans

PADDING = 0
UNKNOWN = 1


def chinese_columns(characters):
    """Return each character, and the pairs it forms with its neighbors."""
    before, after = ["^", *characters[:-1]], [*characters[1:], "$"]
    return [
        characters,
        [a + b for a, b in zip(before, characters, strict=True)],
        [a + b for a, b in zip(characters, after, strict=True)],
    ]


def word_shape(word):
    """Write letters as `x` or `X` and digits as `d`, two of a run at most."""
    shape = ""
    for letter in word:
        kind = "d" if letter.isdigit() else letter
        if letter.isalpha():
            kind = "X" if letter.isupper() else "x"
        if shape[-2:] != 2 * kind:
            shape += kind
    return shape


def english_columns(words):
    """Return each word in small letters, its ends, and its shape."""
    lower = [word.lower() for word in words]
    return [
        lower,
        ["^" + word[:3] for word in lower],
        [word[-3:] + "$" for word in lower],
        [word_shape(word) for word in words],
    ]


def count_mentions(sentences):
    """Count, for each string of tokens marked as an entity, its types."""
    mentions = {}
    for tokens, tags in sentences:
        for start, end, kind in entity_spans(tags):
            surface = tuple(tokens[start:end])
            mentions.setdefault(surface, Counter())[kind] += 1
    return mentions


def commonest_type(surface, mentions, own):
    """Return the type that a string of tokens most often has, or None."""
    kinds = {
        kind: count - own[surface, kind]
        for kind, count in mentions.get(surface, {}).items()
        if count > own[surface, kind]
    }
    return max(kinds, key=kinds.get, default=None)


def gazetteer_tags(tokens, mentions, *, longest=12, own=()):
    """Longest-match tagging with a gazetteer."""
    own, spans, start = Counter(own), [], 0
    while start < len(tokens):
        for end in range(min(start + longest, len(tokens)), start, -1):
            surface = tuple(tokens[start:end])
            if kind := commonest_type(surface, mentions, own):
                spans.append((start, end, kind))
                start = end - 1
                break
        start += 1
    return tags_from_spans(spans, len(tokens))


def build_vocabulary(strings, *, min_count=1):
    """Number the strings that occur `min_count` times, the frequent first.

    0 is for padding and 1 for the unknown.
    """
    counts = Counter(strings)
    kept = [
        string for string, count in counts.most_common() if count >= min_count
    ]
    return {string: number for number, string in enumerate(kept, 2)}


class Encoder:
    """Turns tokens into integers of shape `(time, num_columns)`.

    The last column is what a dictionary of the training entities says.

    Args:
        sentences: training sentences, list of `(tokens, tags)`.
        columns: `chinese_columns` or `english_columns`.
        min_count: how often a string must occur to be known.
    """

    def __init__(self, sentences, columns, *, min_count=2):
        self.columns = columns
        self.mentions = count_mentions(sentences)
        by_column = zip(
            *(columns(tokens) for tokens, _ in sentences), strict=True
        )
        self.vocabularies = [
            build_vocabulary(
                (s for part in parts for s in part), min_count=min_count
            )
            for parts in by_column
        ]
        kinds = sorted({k for kinds in self.mentions.values() for k in kinds})
        self.tags = ["O"] + [f"{p}-{kind}" for kind in kinds for p in "BI"]
        self.tag_numbers = {tag: number for number, tag in enumerate(self.tags)}

    @property
    def sizes(self):
        """Return the number of rows that each column's embedding needs."""
        return [*(len(v) + 2 for v in self.vocabularies), len(self.tags) + 2]

    def encode(self, tokens, own=()):
        """Encode one sentence; `own` as in `gazetteer_tags`."""
        marks = gazetteer_tags(tokens, self.mentions, own=own)
        columns = [
            [vocabulary.get(string, UNKNOWN) for string in strings]
            for vocabulary, strings in zip(
                self.vocabularies, self.columns(tokens), strict=True
            )
        ]
        columns.append([self.tag_numbers[mark] + 2 for mark in marks])
        return np.array(columns, dtype="int32").T  # (time, num_columns)


def pad(rows, value):
    """Stack arrays `(time, ...)` of several lengths, filled up at the end."""
    shape = (len(rows), max(len(row) for row in rows), *rows[0].shape[1:])
    padded = np.full(shape, value, dtype="int32")
    for target, row in zip(padded, rows, strict=True):
        target[: len(row)] = row
    return padded


def replace_mentions(tokens, tags, donors, generator, *, probability):
    """Data augmentation: replace entities by others of the same type."""
    new_tokens, new_tags, done = [], [], 0
    for start, end, kind in entity_spans(tags):
        mention = tokens[start:end]
        if generator.random() < probability:
            mention = donors[kind][generator.integers(len(donors[kind]))]
        new_tokens += [*tokens[done:start], *mention]
        new_tags += ["O"] * (start - done)
        new_tags += [f"B-{kind}"] + [f"I-{kind}"] * (len(mention) - 1)
        done = end
    return new_tokens + tokens[done:], new_tags + tags[done:]


class TrainingBatches:
    """Iterates over one epoch: batches of similar length, entities swapped.

    Each batch is `(ids, tags)` of shapes `(batch, time, num_columns)` and
    `(batch, time)`; at padding `ids` is 0 and `tags` -1.

    Args:
        sentences: list of `(tokens, tags)`.
        encoder: an `Encoder`.
        batch_size: sentences a batch.
        swap: share of the entities that another one replaces.
        unknown: share of the integers that become `UNKNOWN`.
        seed: of swaps, of what is unknown, and of the order.
    """

    def __init__(
        self, sentences, encoder, *, batch_size=32, swap=0.3, unknown=0.2, seed
    ):
        self.sentences, self.encoder = sentences, encoder
        self.batch_size, self.swap, self.unknown = batch_size, swap, unknown
        self.generator = np.random.default_rng(seed)
        self.donors = {}
        for tokens, tags in sentences:
            for start, end, kind in entity_spans(tags):
                self.donors.setdefault(kind, []).append(tokens[start:end])

    def __len__(self):
        return -(-len(self.sentences) // self.batch_size)

    def __iter__(self):
        examples = [self._example(*sentence) for sentence in self.sentences]
        lengths = np.array([len(tags) for _, tags in examples])
        noise = self.generator.uniform(0, 4, len(examples))  # mixes neighbors
        order = np.argsort(lengths + noise)
        starts = self.batch_size * self.generator.permutation(len(self))
        for start in starts:
            chosen = order[start : start + self.batch_size]
            ids, tags = zip(*(examples[i] for i in chosen), strict=True)
            yield pad(ids, PADDING), pad(tags, -1)

    def _example(self, tokens, tags):
        tokens, tags = replace_mentions(
            tokens, tags, self.donors, self.generator, probability=self.swap
        )
        own = [(tuple(tokens[s:e]), kind) for s, e, kind in entity_spans(tags)]
        ids = self.encoder.encode(tokens, own)
        ids[self.generator.random(ids.shape) < self.unknown] = UNKNOWN
        numbers = [self.encoder.tag_numbers[tag] for tag in tags]
        return ids, np.array(numbers, dtype="int32")

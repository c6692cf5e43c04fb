"""Features of texts, and a classifier that makes do with few labels."""

from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC


def tfidf_features(texts, other_texts):
    """TF-IDF features, fitted on the first texts.

    Returns:
        two sparse arrays `(n, vocabulary)`, rows of length 1.
    """
    weigh = TfidfVectorizer(sublinear_tf=True)
    return weigh.fit_transform(texts), weigh.transform(other_texts)


def concatenate_features(words, vectors):
    """Concatenate sparse and dense features."""
    return hstack([words, csr_matrix(vectors)]).tocsr()


def predict_linear_svm(features, labels, other_features):
    """Train a linear SVM on few examples; predict the classes of others."""
    svm = LinearSVC(C=0.3, random_state=0).fit(features, labels)
    return svm.predict(other_features)

"""The page on what is coming says what is true today; on the day it changes, this test says so."""

from kerasbook.outlook.coming.watches import WATCHES

PAGE = "outlook/coming"


def test_each_sentence_of_the_page_is_still_true(glued):
    states = glued(PAGE, "states")
    sentences = {each.__name__: each.__doc__ for several in WATCHES.values() for each in several}
    assert states.keys() == sentences.keys()
    news = [f"{sentences[name]} ({state})" for name, state in states.items() if state != "holds"]
    assert not news, f"{PAGE} is no longer true, in its section on each of these: {news}"

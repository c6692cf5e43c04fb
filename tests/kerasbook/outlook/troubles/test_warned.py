import warnings

from kerasbook.outlook.troubles.warned import end_of_error, warnings_of


def warn_thrice():
    warnings.warn("about bread\nand more", UserWarning, stacklevel=1)
    warnings.warn("about bread\nand more", UserWarning, stacklevel=1)
    warnings.warn("about cheese", FutureWarning, stacklevel=1)


def test_equal_warnings_are_told_once_and_by_their_first_line():
    assert warnings_of(warn_thrice) == "UserWarning: about bread\nFutureWarning: about cheese"


def test_only_warnings_about_something_count():
    assert warnings_of(warn_thrice, about="cheese") == "FutureWarning: about cheese"
    assert warnings_of(warn_thrice, about="wine") == "no warning"


def test_an_error_is_told_by_its_last_line_without_the_configuration():
    def fail():
        raise TypeError("a long story\n\n\x1b[1mthe end. Full object config: {'much': 'more'}")

    assert end_of_error(fail) == "TypeError: the end."
    assert end_of_error(lambda: None) == "no error"

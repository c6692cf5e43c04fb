"""Tables: round trips, faults named by row and column, atomic writes, chunks and their memory."""

import math
import pickle
import weakref
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from matplotlib.figure import Figure

from kerasbook.concepts import tables as page

PRICES = {"city": "string", "rooms": "Int64", "price": "float64"}
SUFFIXES = (".csv", ".xlsx", ".json")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(text, name="t.csv", encoding="utf-8"):
    Path(name).write_bytes(text.encode(encoding))
    return name


def fault(name, columns=PRICES, **settings):
    """Return the text of the one error that reading gives."""
    with pytest.raises(page.TableError) as caught:
        page.read_table(name, columns, **settings)
    return str(caught.value)


# Round trips


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_small_table_comes_back_to_the_last_bit(suffix):
    flats = page.small_table()
    page.write_table(flats, f"flats{suffix}")
    back = page.read_table(f"flats{suffix}", page.COLUMNS)
    pd.testing.assert_frame_equal(back, flats, check_exact=True)
    assert list(back["postcode"]) == ["050000", "030000", "100000", "010010"]
    assert back["city"][0] == "\u77f3\u5bb6\u5e84"
    assert back["agent"][3] == 'Wu "Tom",\nRoom 2'


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_random_tables_come_back(suffix):
    generator = np.random.default_rng(3)
    days = pd.to_datetime(generator.integers(0, 2**31, 200), unit="s", utc=True)
    whole = pd.array(generator.integers(-(10**9), 10**9, 200), dtype="Int64")
    table = pd.DataFrame(
        {
            "text": pd.array(generator.choice(["a,b", 'q"', "x\ny", " s ", "0"], 200), "string"),
            "whole": pd.Series(whole).mask(generator.random(200) < 0.3),
            "number": np.round(generator.normal(0, 1e6, 200), 3),
            "flag": pd.Series(generator.random(200) < 0.5, dtype="boolean").mask(days.day < 9),
            "kind": pd.Categorical(generator.choice(list("abc"), 200), categories=list("abcd")),
            "day": days.astype("datetime64[us, UTC]"),
        }
    )
    page.write_table(table, f"t{suffix}")
    back = page.read_table(f"t{suffix}", table.dtypes.to_dict())
    pd.testing.assert_frame_equal(back, table, check_exact=True)


@pytest.mark.parametrize("suffix", [".csv", ".json"])
@pytest.mark.parametrize(
    "text", ["a\rb", "\r", "a\r\nb", "\n", "\u2028", "\x0b", "\ufeff", "'", '"']
)
def test_every_line_break_stays_inside_its_cell(suffix, text):
    table = pd.DataFrame({"x": pd.array([text, "b"], "string")})
    page.write_table(table, f"t{suffix}")
    pd.testing.assert_frame_equal(page.read_table(f"t{suffix}", {"x": "string"}), table)


def test_plain_numpy_types_and_days_without_zone_come_back():
    table = pd.DataFrame({"n": [1, -2], "ok": [True, False], "x": np.float32([0.5, 1.5])})
    table["day"] = pd.to_datetime(["2026-01-02", "2026-01-03"]).astype("datetime64[us]")
    for suffix in SUFFIXES:
        page.write_table(table, f"t{suffix}")
        back = page.read_table(f"t{suffix}", table.dtypes.to_dict())
        pd.testing.assert_frame_equal(back, table, check_exact=True)


def test_a_column_of_missing_values_alone_keeps_its_rows_in_csv_and_json():
    table = pd.DataFrame({"x": pd.array([1, None, None], dtype="Int64")})
    for suffix in (".csv", ".json"):
        page.write_table(table, f"t{suffix}")
        pd.testing.assert_frame_equal(page.read_table(f"t{suffix}", {"x": "Int64"}), table)


def test_what_each_way_loses():
    fates = {
        name: [
            page.fate(values, Path(f"t{suffix}"), page.write_table, page.read_table)
            for suffix in SUFFIXES
        ]
        for name, values in page.hard_values().items()
    }
    lost = {
        (name, suffix)
        for name, row in fates.items()
        for suffix, fate in zip(SUFFIXES, row, strict=True)
        if fate != "kept"
    }
    assert lost == {
        ("18-digit whole number", ".xlsx"),
        ("17-digit fraction", ".xlsx"),
        ("microseconds, time zone", ".xlsx"),
        ("empty text, not missing", ".csv"),
        ("empty text, not missing", ".xlsx"),
        ("Windows line break", ".xlsx"),
    }


def test_fates_of_plain_pandas():
    values = page.hard_values()
    fates = [
        page.fate(values[name], Path(f"t{suffix}"), page.pandas_write, page.pandas_read)
        for name, suffix in (
            ("leading zeros", ".csv"),
            ("whole numbers, one missing", ".csv"),
            ("17-digit fraction", ".csv"),
            ("microseconds, time zone", ".xlsx"),
            ("the text NA", ".csv"),
        )
    ]
    assert fates == ["value lost", "type lost", "kept", "refused", "value lost"]


def test_a_declared_zone_is_restored_and_excel_holds_utc():
    zone = pd.Series(pd.to_datetime(["2026-03-01T09:30+08:00"]), name="t")
    table = zone.astype("datetime64[us, Asia/Shanghai]").to_frame()
    page.write_table(table, "t.xlsx")
    assert openpyxl.load_workbook("t.xlsx").active["A2"].value.hour == 1
    back = page.read_table("t.xlsx", {"t": "datetime64[us, Asia/Shanghai]"})
    pd.testing.assert_frame_equal(back, table)


def test_text_that_looks_like_a_formula_is_no_formula():
    page.write_table(pd.DataFrame({"a": ["=1+1"]}), "t.xlsx")
    assert openpyxl.load_workbook("t.xlsx").active["A2"].data_type == "s"


def test_the_sample_types_are_those_that_the_columns_declare():
    assert page.small_table().dtypes.astype(str).to_dict() == {
        name: str(pd.api.types.pandas_dtype(dtype)) for name, dtype in page.COLUMNS.items()
    }


# Encodings


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_encodings_of_csv(encoding):
    flats = page.small_table()
    page.write_table(flats, "t.csv", encoding=encoding)
    asked = "utf-8-sig" if encoding.startswith("utf-8") else encoding
    assert page.read_table("t.csv", page.COLUMNS, encoding=asked).equals(flats)


def test_files_for_excel_begin_with_a_bom_and_json_never_does():
    page.write_table(page.small_table(), "t.csv")
    page.write_table(page.small_table(), "t.json")
    assert Path("t.csv").read_bytes()[:3] == b"\xef\xbb\xbf"
    assert Path("t.json").read_bytes()[:1] == b"["


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_a_wrong_byte_is_found_after_blank_and_quoted_lines(bom):
    content = bom + b'city,rooms,price\n\n"a\nb",1,2\nc,\xcc\xec,3\n'
    Path("t.csv").write_bytes(content)
    expected = "t.csv, row 4 (line 5), column 'rooms': expected text in utf-8-sig. "
    expected += "Received: byte 0xcc"
    assert fault("t.csv") == expected


def test_a_wrong_byte_in_the_header_and_in_json():
    Path("t.csv").write_bytes(b"city,\xcc\xec\n")
    assert "t.csv, row 1, column 2: expected text in utf-8-sig" in fault("t.csv")
    Path("t.json").write_bytes(b'[\n{"city": "\xcc"}]')
    expected = "t.json, line 2, column 11: expected text in utf-8-sig. Received: byte 0xcc"
    assert fault("t.json") == expected


def test_the_header_may_follow_blank_lines():
    Path("t.csv").write_bytes(b"\n\ncity,rooms,price\na,1,2\nb,\xcc\xec,3\n")
    assert fault("t.csv").startswith("t.csv, row 5, column 'rooms': expected text in")
    assert fault(put("\n\ncity,rooms,price\n")).startswith("t.csv, row 3, column 'city'")
    assert fault(put("\n\ncity,rooms\na,1\n")).startswith("t.csv, row 3, column 'price'")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_chinese_names_of_file_and_column_with_every_line_end(encoding, end):
    city, price, file = "\u57ce\u5e02", "\u4ef7\u683c", "\u623f\u4ef7.csv"
    lines = [f"{city},{price}", '"\u592a', '\u539f",1', "", "\u5929\u6d25,\u95ee", ""]
    put(end.join(lines), file, encoding=encoding)
    asked = "utf-8-sig" if encoding.startswith("utf-8") else encoding
    message = fault(file, {city: "string", price: "float64"}, encoding=asked)
    wanted = "expected a number. Received: '\u95ee'"
    assert message == f"{file}, row 4 (line 5), column {price!r}: {wanted}"


# Faults


EXPECTED = {
    "missing-column.csv": ", row 1, column 'price': expected once in the header. "
    "Received: 0 times in ['city', 'rooms']",
    "ragged-row.csv": ", row 3, column 'price': expected 3 cells. Received: 2",
    "text-in-number.csv": ", row 3 (line 4), column 'price': expected a number. Received: 'ask'",
    "empty.csv": ", row 1, column 'city': expected once in the header. Received: an empty table",
    "wrong-sheet.xlsx": ": expected a sheet of ['notes']. Received: sheet='flats'",
    "wrong-encoding.csv": ", row 3, column 'city': expected text in utf-8-sig. Received: byte 0xcc",
    "truncated.json": ", line 2, column 11: broken JSON, Unterminated string",
    "duplicate-header.csv": ", row 1, column 'price': expected once in the header. "
    "Received: 2 times in ['city', 'rooms', 'price', 'price']",
}


def test_the_eight_broken_files_are_the_eight_expected():
    assert set(page.BROKEN) == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_each_broken_file_gives_one_sentence(name):
    page.write_broken_files()
    message = fault(name, sheet="flats" if name.endswith(".xlsx") else None)
    assert message == name + EXPECTED[name]


def test_the_places_in_the_sentences_are_those_in_the_files():
    text = page.BROKEN["text-in-number.csv"].decode()
    assert text.splitlines()[4 - 1].split(",")[2] == "ask"
    assert next(iter(page.csv_rows(Path(put(text)), "utf-8")))[1].index("price") == 2
    assert page.BROKEN["wrong-encoding.csv"].split(b"\n")[3 - 1][0] == 0xCC
    assert page.BROKEN["truncated.json"].decode().splitlines()[2 - 1][11 - 1 :] == '"Tian'
    assert page.BROKEN["ragged-row.csv"].splitlines()[3 - 1].count(b",") + 1 == 2


def test_a_row_that_is_too_long_names_the_first_cell_too_many():
    assert "row 2, column 4: expected 3 cells. Received: 5" in fault(
        put("city,rooms,price\na,1,2,3,4\n")
    )


def test_blank_lines_count_and_hold_no_row():
    name = put("city,rooms,price\n\na,1,2\n\nb,x,3\n")
    assert "row 5, column 'rooms': expected a whole number. Received: 'x'" in fault(name)


def test_rows_and_lines_part_after_a_quoted_line_break():
    name = put('city,rooms,price\r\n"a\r\nb\r\nc",1,2\r\nd,1,2\r\ne,,no\r\n')
    assert "t.csv, row 4 (line 6), column 'price'" in fault(name)
    table = page.read_table(put('city,rooms,price\n"a\nb",1,2\n'), PRICES)
    assert table["city"][0] == "a\nb"


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        ('a,1,2\n"b,1,2\n', "row 3, column 'city'"),
        ('"a\nb",1,2\n\nc,2,"3\nd,4,5\n', "row 4 (line 5), column 'price'"),
        ('"a,""b""\n","1"x,2\n', "row 2, column 'rooms'"),
        ('a,1,2,"3" \n', "row 2, column 4"),
        (f'a,"{"1" * 131_073}",2\n', "row 2, column 'rooms'"),
    ],
)
def test_wrong_quotes_name_the_cell_they_are_in(rows, place):
    message = fault(put("city,rooms,price\n" + rows))
    assert message.startswith(f"t.csv, {place}: broken CSV, ")
    assert fault(put('city,"rooms,price\n')).startswith("t.csv, row 1, column 2: broken CSV")


@pytest.mark.parametrize(
    ("dtype", "cell", "wanted"),
    [
        ("float64", "nan", "a number"),
        ("float64", "1e999", "a number"),
        ("float64", "1_000", "a number"),
        ("float64", "12 ", "a number"),
        ("float32", "1e39", "a number"),
        ("Int64", "3.5", "a whole number"),
        ("Int64", str(2**63), "a number from -9223372036854775808 to 9223372036854775807"),
        ("UInt8", "256", "a number from 0 to 255"),
        ("int64", "", "a whole number"),
        ("boolean", "yes", "true or false"),
        ("datetime64[us, UTC]", "2026-01-01", "an ISO date with UTC offset"),
        ("datetime64[us]", "01/02/2026", "an ISO date"),
        ("datetime64[us]", "2026-01-01T00:00Z", "an ISO date"),
        (pd.CategoricalDtype(["a", "b"]), "c", "one of ['a', 'b']"),
    ],
)
def test_cells_that_are_refused(dtype, cell, wanted):
    message = fault(put(f"key,x\nk,{cell}\n"), {"x": dtype})
    received = repr(cell or None)
    assert message == f"t.csv, row 2, column 'x': expected {wanted}. Received: {received}"


@pytest.mark.parametrize("text", ["-1.5e3", "+7", ".5", "3.", "0012"])
def test_numbers_that_are_accepted(text):
    assert page.read_table(put(f"k,x\nk,{text}\n"), {"x": "float64"})["x"][0] == float(text)


def test_a_number_in_a_text_column_of_excel_or_json_is_a_fault():
    book = openpyxl.Workbook()
    book.active.append(["postcode"])
    book.active.append([50000])
    book.save("t.xlsx")
    wanted = "column 'postcode': expected text. Received: 50000"
    assert fault("t.xlsx", {"postcode": "string"}) == f"t.xlsx, row 2, {wanted}"
    put('[{"postcode": 50000}]', "t.json")
    assert fault("t.json", {"postcode": "string"}) == f"t.json, record 1, {wanted}"
    put(f'[{{"x": 1}}, {{"x": 1{"0" * 400}}}]', "t.json")
    assert fault("t.json", {"x": "float64"}).startswith("t.json, record 2, column 'x': expected")


def test_a_workbook_with_two_sheets_wants_a_name():
    with pd.ExcelWriter("t.xlsx") as writer:
        for sheet, price in (("old", 1.5), ("new", 2.5)):
            pd.DataFrame({"price": [price]}).to_excel(writer, sheet_name=sheet, index=False)
    assert "expected a sheet of ['old', 'new']. Received: sheet=None" in fault(
        "t.xlsx", {"price": "float64"}
    )
    assert page.read_table("t.xlsx", {"price": "float64"}, sheet="new")["price"][0] == 2.5
    assert "t.xlsx [new], row 1, column 'x'" in fault("t.xlsx", {"x": "float64"}, sheet="new")


def test_excel_rows_may_be_short_blank_or_too_long():
    book = openpyxl.Workbook()
    for row in (["a", "b"], [1, None], [], [None, 4]):
        book.active.append(row)
    book.save("t.xlsx")
    table = page.read_table("t.xlsx", {"a": "Int64", "b": "Int64"})
    assert table.astype(object).where(table.notna(), None).to_numpy().tolist() == [
        [1, None],
        [None, 4],
    ]
    book.active.append([1, 2, 3])
    book.save("t.xlsx")
    assert "row 5, column 3: expected 2 cells. Received: 3" in fault("t.xlsx", {"a": "Int64"})


def test_a_sheet_is_read_whole_whatever_size_its_file_claims():
    book = openpyxl.Workbook()
    for cell, value in (("B5", "a"), ("C5", "b"), ("B8", 1), ("C8", "x")):
        book.active[cell] = value
    book.save("t.xlsx")
    with zipfile.ZipFile("t.xlsx") as old, zipfile.ZipFile("u.xlsx", "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'ref="B5:C8"', b'ref="A1"'))
    assert b'<dimension ref="A1" />' in zipfile.ZipFile("u.xlsx").read("xl/worksheets/sheet1.xml")
    for name in ("t.xlsx", "u.xlsx"):
        message = fault(name, {"a": "Int64", "b": "Int64"})
        assert message == f"{name}, row 8, column 'b': expected a whole number. Received: 'x'"


def test_files_that_are_no_workbook_or_no_list_of_records():
    wanted = "t.xlsx: expected an .xlsx workbook. Received: another format"
    assert fault(put("a,b\n", "t.xlsx")) == wanted
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    for names in (["word/document.xml"], ["[Content_Types].xml"]):
        with zipfile.ZipFile("t.xlsx", "w") as document:
            for name in names:
                document.writestr(name, f'<Types xmlns="{types}"/>')
        assert fault("t.xlsx") == wanted
    with pytest.raises(FileNotFoundError):
        page.read_table("none.xlsx", PRICES)
    for text in ('{"city": 1}', "[1, 2]", '"x"'):
        message = fault(put(text, "t.json"))
        assert message == "t.json: expected a list of objects. Received: other JSON"
    assert "an empty table" in fault(put("[]", "t.json"))


@pytest.mark.parametrize("second", ['{"x": 1}', '{"x": 1, "y": 1, "y": 2}', '{"x": 1, "z": 2}'])
def test_every_record_has_the_names_of_the_first(second):
    message = fault(put(f'[{{"x": 1, "y": 2}}, {second}]', "t.json"), {"x": "Int64"})
    assert message.startswith("t.json, record 2, column 'y': expected the names of record 1")


def test_a_header_without_rows():
    message = fault(put("city,rooms,price\n"))
    assert message == "t.csv, row 1, column 'city': expected a row below the header. Received: none"


def test_other_endings_and_piece_sizes_are_refused():
    with pytest.raises(ValueError, match=r"Expected \.csv, \.xlsx or \.json\. Received: t\.xls"):
        page.read_table("t.xls", PRICES)
    with pytest.raises(ValueError, match="Received: rows=0"):
        next(page.read_chunks("t.csv", PRICES, rows=0))


def test_columns_that_nobody_asked_for_are_left_out_and_may_hold_anything():
    name = put("note,x,,\n!,1,,\n")
    assert page.read_table(name, {"x": "Int64"}).columns.tolist() == ["x"]


def test_an_error_survives_pickling():
    error = page.TableError("t.csv", "row 2", "x", "expected a number. Received: 'y'")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_complaint_tells_the_error_or_none():
    assert page.complaint(lambda: int("x")).startswith("ValueError: invalid literal")
    assert page.complaint(lambda: 1) == "no error"


# Writing


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(suffix, folder, monkeypatch):
    flats = page.small_table()
    page.write_table(flats, f"t{suffix}")
    before = Path(f"t{suffix}").read_bytes()

    def rows(frame):
        yield list(frame.columns)
        raise RuntimeError("power cut")

    monkeypatch.setattr(page, "plain_rows", rows)
    with pytest.raises(RuntimeError, match="power cut"):
        page.write_table(flats.head(1), f"t{suffix}")
    assert Path(f"t{suffix}").read_bytes() == before
    assert [path.name for path in folder.iterdir()] == [f"t{suffix}"]


def test_what_cannot_be_written_is_refused():
    with pytest.raises(ValueError, match=r"Received: \['a', 'a'\]"):
        page.write_table(pd.DataFrame([[1, 2]], columns=["a", "a"]), "t.csv")
    with pytest.raises(ValueError, match="Out of range float"):
        page.write_table(pd.DataFrame({"a": [math.inf]}), "t.json")
    with pytest.raises(ValueError, match=r"Expected fewer rows\. Received: 1048576"):
        page.write_table(pd.DataFrame({"a": np.zeros(1_048_576)}), "t.xlsx")


# Chunks


@pytest.fixture
def numbers():
    values = np.random.default_rng(1).normal(1e9, 20, 2_503)
    table = pd.DataFrame({"x": values, "n": np.arange(2_503)})
    page.write_table(table, "big.csv", encoding="utf-8")
    return table


@pytest.mark.parametrize("rows", [1, 7, 2_503, 9_999])
def test_chunks_joined_are_the_table(numbers, rows):
    chunks = list(page.read_chunks("big.csv", {"x": "float64", "n": "int64"}, rows=rows))
    assert {len(chunk) for chunk in chunks[:-1]} <= {rows}
    assert len(chunks) == math.ceil(2_503 / rows)
    joined = pd.concat(chunks, ignore_index=True)
    pd.testing.assert_frame_equal(joined, numbers, check_exact=True)


@pytest.mark.parametrize("rows", [1, 100, 5_000])
def test_running_moments_equal_those_of_the_whole(numbers, rows):
    chunks = page.read_chunks("big.csv", {"x": "float64"}, rows=rows)
    count, mean, deviation = page.running_moments(chunks, "x")
    assert count == 2_503
    assert mean == pytest.approx(numbers["x"].mean(), rel=1e-14)
    assert deviation == pytest.approx(numbers["x"].std(ddof=0), rel=1e-7)
    squares = (numbers["x"] ** 2).mean() - numbers["x"].mean() ** 2
    assert abs(squares / deviation**2 - 1) > 0.01, "the naive formula fails on these numbers"


def test_moments_by_hand_with_missing_values():
    chunks = [pd.DataFrame({"x": part}) for part in ([1.0, 3.0], [None, None], [None, 8.0])]
    assert page.running_moments(chunks, "x") == (3, 4.0, pytest.approx(math.sqrt(26 / 3)))
    assert page.merge_moments((1, 2.0, 0.0), (1, 4.0, 0.0)) == (2, 3.0, 2.0)


def test_no_chunk_lives_while_the_next_is_made(numbers, monkeypatch):
    made, living = [], []
    original = page.to_frame

    def watched(*arguments):
        living.append(sum(reference() is not None for reference in made))
        frame = original(*arguments)
        made.append(weakref.ref(frame))
        return frame

    monkeypatch.setattr(page, "to_frame", watched)
    chunks = page.read_chunks("big.csv", {"x": "float64"}, rows=100)
    page.running_moments(chunks, "x")
    assert living == [0] * 26


def test_memory_does_not_grow_with_the_file():
    peaks = {}
    for rows in (2_000, 16_000):
        table = pd.DataFrame({"x": np.arange(rows) / 7, "word": ["abc"] * rows})
        page.write_table(table, "t.csv", encoding="utf-8")
        kinds = {"x": "float64", "word": "string"}
        chunks = page.read_chunks("t.csv", kinds, rows=500)
        _, small = page.peak_memory(lambda chunks=chunks: page.running_moments(chunks, "x"))
        _, large = page.peak_memory(lambda kinds=kinds: page.read_table("t.csv", kinds))
        peaks[rows] = small, large
    assert peaks[16_000][0] < 1.2 * peaks[2_000][0]
    assert peaks[16_000][1] > 4 * peaks[16_000][0]


def test_peak_memory_returns_the_result_and_megabytes():
    result, peak = page.peak_memory(lambda: np.ones(1_000_000).sum())
    assert result == 1_000_000
    assert 8 <= peak < 9


def test_memory_is_drawn_from_zero():
    axis = Figure().subplots()
    page.plot_peak_memory(axis, [1, 2], {"whole": [1.0, 2.0], "chunks": [0.5, 0.5]})
    assert [list(line.get_ydata()) for line in axis.lines] == [[1.0, 2.0], [0.5, 0.5]]
    assert len({line.get_linestyle() for line in axis.lines}) == 2
    assert axis.get_ylim()[0] == 0
    assert axis.get_ylabel() == "peak memory in MB"

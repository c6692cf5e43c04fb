"""Tables in files: reading, checking, writing, in bounded memory (§2.2.2)."""

import contextlib
import csv
import datetime
import functools
import io
import itertools
import json
import math
import os
import re
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd

COLUMNS = {
    "city": "string",
    "postcode": "string",
    "rooms": "Int64",
    "area": "float64",
    "lift": "boolean",
    "kind": pd.CategoricalDtype(["flat", "house", "villa"]),
    "listed": "datetime64[us, UTC]",
    "agent": "string",
}


def small_table():
    """Return four offers of flats: 8 columns, each with a trap."""
    cities = ("\u77f3\u5bb6\u5e84", "\u592a\u539f", "\u5317\u4eac", None)
    moments = ("2026-03-01T09:30+08:00", "2026-03-02T00:00+08:00", None,
               "2026-03-05T18:00+08:00")  # fmt: skip
    columns = {
        "city": cities,
        "postcode": ("050000", "030000", "100000", "010010"),
        "rooms": (3, None, 2, 4),
        "area": (268 / 3, 95.5, None, 120.0),
        "lift": (True, None, False, True),
        "kind": ("flat", "house", "flat", None),
        "listed": pd.to_datetime(moments, utc=True),
        "agent": ("NA", "Li", None, 'Wu "Tom",\nRoom 2'),
    }
    return pd.DataFrame(columns).astype(COLUMNS)


def pandas_write(frame, path):
    """Write a table with the settings that pandas chooses."""
    match Path(path).suffix:
        case ".csv":
            frame.to_csv(path, index=False)
        case ".xlsx":
            frame.to_excel(path, index=False)
        case ".json":
            frame.to_json(path, orient="records", date_format="iso")


def pandas_read(path, columns=None):
    """Read a table with the settings that pandas chooses."""
    readers = {
        ".csv": pd.read_csv,
        ".xlsx": pd.read_excel,
        ".json": pd.read_json,
    }
    return readers[Path(path).suffix](path)


class TableError(ValueError):
    """One fault of a table file: `TableError(source, place, column, problem)`.

    `source` is the file, with its sheet in brackets; `place` is `"row 4"` as
    a spreadsheet counts, the header being row 1, in JSON `"record 3"`, or
    `None`: a fault of the file as a whole.
    """

    def __str__(self):
        source, place, column, problem = self.args
        where = f", {place}, column {column!r}" if place else ""
        return f"{source}{where}: {problem}"


def row_place(row, line):
    """Name a row, and its first line if an editor's count differs."""
    return f"row {row}" + f" (line {line})" * (line != row)


def cell_name(header, number):
    """Return the name above cell `number`, or the number if it has none."""
    return dict(enumerate(header, 1)).get(number) or number


def readable_part(content, encoding):
    """Return the text up to the first byte that cannot be read, and that."""
    try:
        return content.decode(encoding), None
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode(encoding)
        return before, error.object[error.start]


def last_cell(text):
    """Return row and column, as a spreadsheet has them, where a CSV ends."""
    reader = csv.reader(io.StringIO(text, newline=""))
    rows, lines = zip(*((row, reader.line_num) for row in reader), strict=True)
    first_line = lines[-2] + 1 if len(rows) > 1 else 1
    header = next(filter(None, rows[:-1]), [])
    place = row_place(len(rows), first_line)
    return place, cell_name(header, len(rows[-1]))


def last_character(text):
    """Return line and column, as an editor counts them, where a text ends."""
    *above, last = text.split("\n")
    return f"line {len(above) + 1}", len(last)


def decoding_error(path, encoding):
    """Return the error that names the first byte `encoding` cannot read."""
    before, byte = readable_part(path.read_bytes(), encoding)
    find = last_cell if path.suffix.lower() == ".csv" else last_character
    place, column = find(before + "?")
    problem = f"expected text in {encoding}. Received: byte {byte:#x}"
    return TableError(path.name, place, column, problem)


WHOLE_CELL = re.compile(r'("([^"]|"")*"|(?!")[^,]*),')


def broken_cell(text):
    """Return the number of the first cell that no comma ends as it should."""
    number, match = 1, WHOLE_CELL.match(text)
    while match and match.end() - match.start() <= csv.field_size_limit():
        number, match = number + 1, WHOLE_CELL.match(text, match.end())
    return number


def csv_rows(path, encoding):
    """Yield `(place, cells)` of a CSV file, one row in memory at a time.

    Quoted line breaks stay in their cell; an empty cell is `None`. Where
    they make an editor's lines differ from rows, the place names both.
    """
    row, line, header = 0, 0, []  # of the last row that could be read
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, strict=True)
        try:
            for row, cells in enumerate(reader, 1):
                place, line = row_place(row, line + 1), reader.line_num
                header = header or cells
                if cells:  # a blank line counts as a row and holds none
                    yield place, [cell or None for cell in cells]
        except csv.Error as error:
            file.seek(0)
            broken = "".join(itertools.islice(file, line, reader.line_num))
            place = row_place(row + 1, line + 1)
            column = cell_name(header, broken_cell(broken))
            problem = f"broken CSV, {error}"
            raise TableError(path.name, place, column, problem) from None
        except UnicodeDecodeError:
            raise decoding_error(path, encoding) from None


def open_sheet(path, file, sheet):
    """Return a sheet (`None`: the only one) of an open .xlsx file."""
    try:  # results, not formulas
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, OSError):
        problem = "expected an .xlsx workbook. Received: another format"
        raise TableError(path.name, None, None, problem) from None
    names = book.sheetnames
    if sheet not in names and (sheet or len(names) > 1):
        problem = f"expected a sheet of {names}. Received: sheet={sheet!r}"
        raise TableError(path.name, None, None, problem)
    return book[sheet or names[0]]


def excel_rows(path, sheet):
    """Yield `(place, cells)` of a sheet (`None`: the only one) of an .xlsx."""
    with path.open("rb") as file:
        page = open_sheet(path, file, sheet)
        page.reset_dimensions()  # some programs write a wrong size
        width = 0  # of the table; the sheet may be wider
        for row, cells in enumerate(page.iter_rows(values_only=True), 1):
            filled = [n for n, cell in enumerate(cells, 1) if cell is not None]
            if filled:
                width = width or filled[-1]
                length = max(width, filled[-1])
                missing = [None] * (length - len(cells))
                yield f"row {row}", [*cells[:length], *missing]


def json_rows(path, encoding):
    """Yield `(place, cells)` of a JSON list of objects, the names first."""
    decoder = json.JSONDecoder(object_pairs_hook=tuple)  # keeps repeated keys
    try:
        records = decoder.decode(path.read_text(encoding))
    except UnicodeDecodeError:
        raise decoding_error(path, encoding) from None
    except json.JSONDecodeError as error:
        place, column = f"line {error.lineno}", error.colno
        problem = f"broken JSON, {error.msg}".removesuffix(" starting at")
        raise TableError(path.name, place, column, problem) from None
    if type(records) is not list or {type(r) for r in records} - {tuple}:
        problem = "expected a list of objects. Received: other JSON"
        raise TableError(path.name, None, None, problem)
    header = [name for name, _ in records[0]] if records else []
    if header:
        yield "record 1", header
    for number, record in enumerate(records, 1):
        names = [name for name, _ in record]
        for name in dict.fromkeys([*header, *names]):
            if names.count(name) != header.count(name):
                problem = f"expected the names of record 1. Received: {names}"
                raise TableError(path.name, f"record {number}", name, problem)
        yield f"record {number}", list(map(dict(record).get, header))


NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def parse_number(cell, limit):
    """Return a cell as a float within `limit` of 0, or raise ValueError."""
    if isinstance(cell, str) and NUMBER.fullmatch(cell):
        cell = float(cell)
    if type(cell) not in (int, float) or not abs(cell) <= limit:
        raise ValueError("a number")
    return float(cell)


def parse_whole(cell, limits):
    """Return a cell as an int within `limits`, or raise ValueError."""
    if isinstance(cell, str) and re.fullmatch(r"[+-]?\d+", cell, re.ASCII):
        cell = int(cell)
    if type(cell) not in (int, float) or cell % 1:
        raise ValueError("a whole number")
    if not limits.min <= cell <= limits.max:
        raise ValueError(f"a number from {limits.min} to {limits.max}")
    return int(cell)


def parse_flag(cell):
    """Return a cell as a bool, or raise ValueError."""
    cell = {"true": True, "false": False}.get(str(cell).lower())
    if cell is None:
        raise ValueError("true or false")
    return cell


def parse_moment(cell, aware):
    """Return a cell as a datetime, in UTC if `aware`, or raise ValueError."""
    if isinstance(cell, datetime.datetime) and aware:
        cell = cell.replace(tzinfo=datetime.UTC)  # Excel knows no time zone
    elif isinstance(cell, str):
        with contextlib.suppress(ValueError):
            cell = datetime.datetime.fromisoformat(cell)
    if not isinstance(cell, datetime.datetime) or bool(cell.tzinfo) != aware:
        raise ValueError("an ISO date" + " with UTC offset" * aware)
    return cell.astimezone(datetime.UTC) if aware else cell


def parse_text(cell, allowed=None):
    """Return a cell that is text, one of `allowed`, or raise ValueError."""
    if not isinstance(cell, str) or (allowed and cell not in allowed):
        raise ValueError(f"one of {allowed}" if allowed else "text")
    return cell


def parser_of(dtype):
    """Return the function that reads cells for a column of `dtype`."""
    if isinstance(dtype, pd.CategoricalDtype):
        allowed = None if dtype.categories is None else list(dtype.categories)
        return functools.partial(parse_text, allowed=allowed)
    if pd.api.types.is_datetime64_any_dtype(dtype):
        aware = isinstance(dtype, pd.DatetimeTZDtype)
        return functools.partial(parse_moment, aware=aware)
    if pd.api.types.is_bool_dtype(dtype):
        return parse_flag
    if pd.api.types.is_integer_dtype(dtype):
        limits = np.iinfo(getattr(dtype, "numpy_dtype", dtype))
        return functools.partial(parse_whole, limits=limits)
    if pd.api.types.is_float_dtype(dtype):
        limit = float(np.finfo(getattr(dtype, "numpy_dtype", dtype)).max)
        return functools.partial(parse_number, limit=limit)
    return parse_text


def parse_column(source, name, dtype, places, cells):
    """Return the cells of one column as a Series of `dtype`."""
    dtype = pd.api.types.pandas_dtype(dtype)
    parse, values = parser_of(dtype), []
    may_miss = dtype.kind not in "iub" or not isinstance(dtype, np.dtype)
    for place, cell in zip(places, cells, strict=True):
        try:
            missing = cell is None and may_miss
            values.append(None if missing else parse(cell))
        except (ValueError, OverflowError) as error:
            problem = f"expected {error}. Received: {cell!r}"
            raise TableError(source, place, name, problem) from None
    return pd.Series(values, dtype=dtype)


def check_header(source, place, header, columns):
    """Raise TableError unless each name stands once in the header."""
    for name in dict.fromkeys([*columns, *filter(None, header)]):
        if (count := header.count(name)) != 1:
            seen = f"{count} times in {header}" if header else "an empty table"
            problem = f"expected once in the header. Received: {seen}"
            raise TableError(source, place, name, problem)


def check_row(source, place, header, cells):
    """Raise TableError unless the row is as long as the header."""
    if len(cells) != len(header):
        at = min(len(cells), len(header))
        column = header[at] if at < len(header) else at + 1
        problem = f"expected {len(header)} cells. Received: {len(cells)}"
        raise TableError(source, place, column, problem)


def open_table(path, columns, sheet, encoding):
    """Return the name, the header and the `(place, cells)` of a table."""
    source = f"{path.name} [{sheet}]" if sheet else path.name
    kind = path.suffix.lower()
    if kind not in (".csv", ".xlsx", ".json"):
        raise ValueError(
            f"Expected .csv, .xlsx or .json. Received: {path.name}"
        )
    if kind == ".xlsx":
        rows = excel_rows(path, sheet)
    else:
        rows = (csv_rows if kind == ".csv" else json_rows)(path, encoding)
    start = "record 1" if kind == ".json" else "row 1"
    place, header = next(rows, (start, []))
    check_header(source, place, header, columns)
    first = next(rows, None)
    if first is None:
        problem = "expected a row below the header. Received: none"
        raise TableError(source, place, header[0], problem)
    return source, header, itertools.chain([first], rows)


def to_frame(source, header, columns, rows):
    """Return rows of `(place, cells)` as a DataFrame of these columns."""
    for place, cells in rows:
        check_row(source, place, header, cells)
    places, cells = zip(*rows, strict=True)
    by_name = dict(zip(header, zip(*cells, strict=True), strict=True))
    return pd.DataFrame(
        {
            name: parse_column(source, name, dtype, places, by_name[name])
            for name, dtype in columns.items()
        }
    )


def read_chunks(path, columns, *, rows, sheet=None, encoding="utf-8-sig"):
    """Read a table piece by piece and keep none of the pieces.

    Args:
        path: a file that ends in .csv, .xlsx or .json.
        columns: dict of names and pandas dtypes; others are left out.
        rows: rows to a piece.
        sheet: which sheet of a workbook that has several.
        encoding: of .csv and .json; the default reads UTF-8, BOM or not.

    Yields:
        DataFrames of at most `rows` rows, with exactly these dtypes.

    Raises:
        TableError: a fault of the file, with its row and column.
    """
    if rows < 1:
        raise ValueError(f"Expected `rows` of 1 or more. Received: rows={rows}")
    source, header, table = open_table(Path(path), columns, sheet, encoding)
    pieces = iter(lambda: list(itertools.islice(table, rows)), [])
    convert = functools.partial(to_frame, source, header, columns)
    yield from map(convert, pieces)  # `map` forgets what it hands over


def read_table(path, columns, *, sheet=None, encoding="utf-8-sig"):
    """Read a whole table; arguments and errors as in `read_chunks`."""
    settings = {"rows": 10_000, "sheet": sheet, "encoding": encoding}
    pieces = read_chunks(path, columns, **settings)
    table = pd.concat(pieces, ignore_index=True)
    return table.astype(columns)  # pieces may know different categories


def plain_rows(frame):
    """Yield the names, then each row as Python values, `None` if missing."""
    yield list(frame.columns)
    values = frame.astype(object).where(frame.notna(), None)
    yield from values.itertuples(index=False, name=None)


def write_csv(frame, path, encoding):
    """Write a CSV file."""
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(plain_rows(frame))


def write_json(frame, path):
    """Write a JSON list of objects, one to a line, numbers to every digit."""
    header, *rows = plain_rows(frame)
    settings = {"ensure_ascii": False, "allow_nan": False}
    lines = [
        json.dumps(
            dict(zip(header, row, strict=True)),
            default=pd.Timestamp.isoformat,
            **settings,
        )
        for row in rows
    ]
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")


def write_excel(frame, path):
    """Write an .xlsx workbook of one sheet; times in UTC, text as text."""
    if len(frame) >= 1_048_576:  # rows of a sheet, one of them the header
        raise ValueError(f"Expected fewer rows. Received: {len(frame)}")
    book = openpyxl.Workbook()
    page = book.active
    for row, values in enumerate(plain_rows(frame), 1):
        for column, value in enumerate(values, 1):
            if isinstance(value, pd.Timestamp) and value.tzinfo:
                value = value.tz_convert("UTC").tz_localize(None)
            cell = page.cell(row, column, value)
            if isinstance(value, str):
                cell.data_type = "s"  # else "=1+1" would be a formula
    book.save(path)


def write_table(frame, path, *, encoding="utf-8-sig"):
    """Write a table in the format of the path's ending, whole or not at all.

    Args:
        frame: DataFrame whose column names are different texts.
        path: a file that ends in .csv, .xlsx or .json.
        encoding: of .csv. The default writes a BOM, so that Excel reads
            Chinese text right; JSON is always plain UTF-8.
    """
    path = Path(path)
    if not frame.columns.is_unique:
        raise ValueError(f"Expected each name once. Received: {[*frame]}")
    writers = {
        ".csv": lambda part: write_csv(frame, part, encoding),
        ".xlsx": lambda part: write_excel(frame, part),
        ".json": lambda part: write_json(frame, part),
    }
    part = path.with_name(f".{os.getpid()}-{path.name}")  # the same folder
    try:
        writers[path.suffix.lower()](part)
        part.replace(path)  # one step: the old file or the new, never half
    finally:
        part.unlink(missing_ok=True)


BROKEN = {
    "missing-column.csv": b"city,rooms\nTaiyuan,3\n",
    "ragged-row.csv": b"city,rooms,price\nTaiyuan,3,95.5\nTianjin,2\n",
    "text-in-number.csv": (
        b'city,rooms,price\n"Tai\nyuan",3,95.5\nTianjin,2,ask\n'
    ),
    "empty.csv": b"",
    "wrong-sheet.xlsx": pd.DataFrame({"note": ["prices in 10,000 yuan"]}),
    "wrong-encoding.csv": (
        "city,rooms,price\nTaiyuan,3,95.5\n\u5929\u6d25,2,150\n"
    ).encode("gbk"),
    "truncated.json": (
        b'[{"city": "Taiyuan", "rooms": 3, "price": 95.5},\n {"city": "Tian'
    ),
    "duplicate-header.csv": (b"city,rooms,price,price\nTaiyuan,3,95.5,88.0\n"),
}


def write_broken_files():
    """Write the eight broken files into the current folder."""
    for name, content in BROKEN.items():
        if isinstance(content, bytes):
            Path(name).write_bytes(content)
        else:
            content.to_excel(name, sheet_name="notes", index=False)


def complaint(action):
    """Return the error of `action` in one text, or `"no error"`."""
    try:
        action()
    except ValueError as error:
        return f"{type(error).__name__}: {error}"
    return "no error"


def hard_values():
    """Return columns that formats and readers like to change, by name."""
    moment = pd.Timestamp("2026-03-01T09:30:00.123456+08:00")
    kinds = pd.CategoricalDtype(["flat", "house"])
    columns = {
        "leading zeros": ("050000", "string"),
        "whole numbers, one missing": (3, "Int64"),
        "true, false, missing": (True, "boolean"),
        "category, one unused": ("flat", kinds),
        "18-digit whole number": (123456789012345678, "Int64"),
        "17-digit fraction": (0.1 + 0.2, "float64"),
        "microseconds, time zone": (moment, "datetime64[us, Asia/Shanghai]"),
        "the text NA": ("NA", "string"),
        "empty text, not missing": ("", "string"),
        "Windows line break": ("a\r\nb", "string"),
        "text like a formula": ("=1+1", "string"),
    }
    return {
        name: pd.Series([value, None], dtype=dtype, name="value")
        for name, (value, dtype) in columns.items()
    }


def fate(values, path, write, read):
    """Say what a round trip does to a column.

    Args:
        values: Series; it travels as `value` beside a column `key`.
        path: the file.
        write: function of the table and the path.
        read: function of the path and a dict of names and dtypes.

    Returns:
        `"kept"`, `"type lost"` (a cast brings the column back),
        `"value lost"` or `"refused"`.
    """
    frame = pd.DataFrame({"key": ["a", "b"], "value": values})
    try:
        write(frame, path)
    except ValueError:
        return "refused"
    back = read(path, {"key": "string", "value": values.dtype})["value"]
    if back.dtype == values.dtype:
        return "kept" if back.equals(values) else "value lost"
    try:
        cast = back.astype(values.dtype)
    except (TypeError, ValueError):
        return "value lost"
    return "type lost" if cast.equals(values) else "value lost"


def merge_moments(first, second):
    """Merge `(count, mean, sum of squared deviations)` of two samples.

    Source: Chan, Golub and LeVeque (1983).
    """
    (count_1, mean_1, squares_1), (count_2, mean_2, squares_2) = first, second
    count, gap = count_1 + count_2, mean_2 - mean_1
    mean = mean_1 + gap * count_2 / count
    squares = squares_1 + squares_2 + gap**2 * count_1 * count_2 / count
    return count, mean, squares


def running_moments(chunks, column):
    """Return count, mean and standard deviation, one chunk at a time."""
    total = (0, 0.0, 0.0)
    for chunk in chunks:
        values = chunk[column].dropna().to_numpy(float)
        if len(values):
            mean = values.mean()
            part = (len(values), mean, ((values - mean) ** 2).sum())
            total = merge_moments(total, part)
        del chunk, values  # else two chunks live while the next is read
    count, mean, squares = total
    return count, float(mean), math.sqrt(squares / count)


def peak_memory(action):
    """Return the result of `action` and its peak of traced memory in MB."""
    tracemalloc.start()
    try:
        result = action()
        return result, tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


def plot_peak_memory(axis, rows, peaks):
    """Draw peaks of memory in MB, a dict of lists, against rows of a file."""
    for (label, values), style in zip(
        peaks.items(), ("o-", "s--"), strict=True
    ):
        axis.plot(rows, values, style, label=label)
    axis.set_xlabel("rows in the file")
    axis.xaxis.set_major_formatter("{x:,.0f}")
    axis.set_ylabel("peak memory in MB")
    axis.set_ylim(bottom=0)
    axis.legend()

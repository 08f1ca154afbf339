import io
from pathlib import Path

import polars as pl
import pytest

from vidgen_assets.catalogs import source as source_module
from vidgen_assets.catalogs.read import RawTable, read_table
from vidgen_assets.catalogs.source import CatalogSource, form_of, read_source
from vidgen_assets.clips.errors import InputError


def read(file: str, data: bytes | str) -> RawTable:
    return read_table(CatalogSource(file, form_of(file), data.encode() if isinstance(data, str) else data))


def test_all_forms_give_the_same_table() -> None:
    file = io.BytesIO()
    pl.DataFrame({"id": ["a"], "duration_s": [6.5], "prompt": ["é"]}).write_parquet(file)
    tables = [
        read("c.csv", "id,duration_s,prompt\na,6.5,é\n"),
        read("c.jsonl", '{"id": "a", "duration_s": 6.5, "prompt": "é"}'),
        read("c.yaml", "- {id: a, duration_s: 6.5, prompt: é}"),
        read("c.parquet", file.getvalue()),
    ]
    assert all(
        t.rows.rows(named=True) == [{"row_number": 1, "id": "a", "duration_s": "6.5", "prompt": "é"}] for t in tables
    )


def test_numbers_keep_the_digits_they_were_written_with() -> None:
    assert read("c.jsonl", '{"id": "a", "variables.price": 19.90}').rows["variables.price"][0] == "19.90"
    assert read("c.yaml", "- {id: a, variables.price: 19.90}").rows["variables.price"][0] == "19.90"


def test_yaml_reads_aspects_and_languages_as_text() -> None:
    row = read("c.yaml", "- {id: a, aspect: 16:9, language: no, template: no_such}").rows.row(0, named=True)
    assert (row["aspect"], row["language"], row["template"]) == ("16:9", "no", "no_such")


def test_a_byte_order_mark_of_utf8_is_no_part_of_the_first_column() -> None:
    assert read("c.csv", b"\xef\xbb\xbfid,prompt\na,b\n").rows.columns == ["row_number", "id", "prompt"]


def test_a_row_with_too_many_cells_is_named_and_the_others_are_read() -> None:
    table = read("c.csv", "id,prompt\na,one, two\nb,three\n")
    assert [(f.row_number, f.value) for f in table.findings] == [(1, " two")]
    assert table.rows["id"].to_list() == ["a", "b"]


def test_blank_lines_are_no_rows_and_do_not_shift_the_numbers() -> None:
    assert read("c.csv", "id,prompt\na,b\n\n,\nc,d\n").rows["row_number"].to_list() == [1, 4]
    assert read("c.jsonl", '{"id": "a"}\n\n{"id": "b"}\n').rows["row_number"].to_list() == [1, 3]


def test_a_bad_line_of_json_costs_that_row_alone() -> None:
    table = read("c.jsonl", '{"id": "a"}\n{"id": \n{"id": "c", "id": "d"}\n[1]\n{"id": "e"}\n')
    assert [f.row_number for f in table.findings] == [2, 3, 4]
    assert table.rows["id"].to_list() == ["a", None, None, None, "e"]


@pytest.mark.parametrize(
    ("file", "data", "said"),
    [
        ("c.csv", "id,prompt\na,b\n".encode("utf-16"), "UTF-16 (little-endian)"),
        ("c.csv", "id,prompt\na,b\n".encode("utf-16-be"), "UTF-16 (big-endian"),
        ("c.csv", "id,prompt\na,b\n".encode("utf-32"), "UTF-32"),
        ("c.jsonl", '{"id": "é"}'.encode("cp1252"), "byte 0xe9 in line 1"),
        ("c.csv", b"", "columns in its first line"),
        ("c.csv", b"id,prompt\n", "holds no rows"),
        ("c.csv", b"id,prompt\ra,b\r", "holds no rows"),
        ("c.csv", b"id,id,prompt\na,b,c\n", "names 'id' twice"),
        ("c.csv", b'id,prompt\na,"b\nc,d\n', "line 2 is the first with an odd number"),
        ("c.csv", b"id,promt\na,b\n", "Did you mean prompt?"),
        ("c.csv", b"id;prompt\na;b\n", "columns the factory does not know"),
        ("c.yaml", b"a: &x [1, 2]\nb: *x\n", "anchor or alias in line 1"),
        ("c.yaml", b"- " * 50, "nested too deeply"),
        ("c.yaml", b"- !!python/object/apply:os.system [ls]", "uses the tag"),
        ("c.yaml", b"- {id: a, id: b}", "is given twice"),
        ("c.yaml", b"id: a", "is not a list of rows"),
        ("c.parquet", b"PAR1 and nothing else", "can't be read as a table"),
        ("c.txt", b"id", "is not a catalog"),
        ("c.defaults.yaml", b"owner: a", "is not a catalog"),
    ],
)
def test_a_file_that_is_no_catalog_is_refused_with_what_was_found(file: str, data: bytes, said: str) -> None:
    with pytest.raises(InputError) as refused:
        read(file, data)
    assert said in str(refused.value)


def test_a_parquet_column_that_is_no_text_or_number_is_refused_by_name() -> None:
    file = io.BytesIO()
    pl.DataFrame({"id": ["a"], "prompt": [["b"]]}).write_parquet(file)
    with pytest.raises(InputError) as refused:
        read("c.parquet", file.getvalue())
    assert (refused.value.field, refused.value.value) == ("prompt", "List(String)")


def test_a_struct_in_parquet_serves_as_variables() -> None:
    file = io.BytesIO()
    pl.DataFrame({"id": ["a"], "variables": [{"price": "9 €", "count": 3}]}).write_parquet(file)
    assert read("c.parquet", file.getvalue()).rows["variables"][0] == '{"price":"9 €","count":3}'


def test_too_large_a_file_is_refused_before_it_is_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_module, "MAX_FILE_BYTES", 10)
    path = tmp_path / "c.csv"
    path.write_bytes(b"id,prompt\na,b\n")
    with pytest.raises(InputError, match=r"too large.*at most 10 bytes"):
        read_source(path)


@pytest.mark.parametrize("name", ["missing.csv", "folder.csv", "nul\x00.csv"])
def test_what_is_no_file_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(InputError):
        read_source(tmp_path / name)


def test_the_digest_is_of_rows_and_defaults_and_not_of_the_name() -> None:
    one = CatalogSource("a.csv", form_of("a.csv"), b"id\n1\n")
    assert one.content_digest == CatalogSource("b.csv", one.form, one.data).content_digest
    assert one.content_digest != CatalogSource("a.csv", one.form, one.data, b"owner: a").content_digest

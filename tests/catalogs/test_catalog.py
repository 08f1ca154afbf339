from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from vidgen_assets.catalogs.catalog import LoadedCatalog, catalog_name, judge, load_catalog
from vidgen_assets.catalogs.source import CatalogSource, form_of
from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.spec import NO_VOICE, Aspect, Priority, Use

HEADER = "id,prompt,template,image,duration_s,campaign,owner,customer"
ROW = "lamp,a warm lamp,product_card,pictures/lamp.png,6.5,spring,studio,lumen"


def judged(
    text: str, file: str = "shop.csv", defaults: str | None = None, roots: tuple[str, ...] = ()
) -> LoadedCatalog:
    source = CatalogSource(file, form_of(file), text.encode(), None if defaults is None else defaults.encode())
    return judge(source, templates={"product_card"}, profiles={"standard", "preview"}, media_roots=roots)


def fields(catalog: LoadedCatalog) -> list[tuple[int, str | None]]:
    return [(row.row_number, problem.field) for row in catalog.rows for problem in row.findings]


def test_a_good_row_becomes_a_request_with_the_built_in_defaults() -> None:
    request = judged(f"{HEADER}\n{ROW}\n").rows[0].request
    assert request
    assert (request.clip_id, request.duration_s, request.fps) == ("lamp", Decimal("6.5"), Fraction(30))
    assert (request.language, request.aspect, request.profile) == ("en", Aspect.LANDSCAPE, "standard")
    assert (request.priority, request.seed, request.script) == (Priority.STANDARD, None, None)


def test_a_cell_goes_before_the_sidecar_and_the_sidecar_before_the_built_in() -> None:
    defaults = "fps: 25\naspect: 9:16\nowner: studio\nvariables: {brand: Lumen, badge: new}\nvariables.mood: calm\n"
    text = "id,prompt,duration_s,campaign,customer,aspect,variables.badge\na,p,6,c,k,1:1,\nb,p,6,c,k,,sale\n"
    one, two = (row.request for row in judged(text, defaults=defaults).rows)
    assert one
    assert two
    assert (one.fps, one.aspect, one.owner, one.profile) == (Fraction(25), Aspect.SQUARE, "studio", "standard")
    assert one.variables == {"brand": "Lumen", "badge": "new", "mood": "calm"}
    assert (two.aspect, two.variables["badge"]) == (Aspect.PORTRAIT, "sale")


def test_a_row_says_its_model_its_use_and_where_it_is_shown() -> None:
    text = "id,prompt,duration_s,fps,campaign,owner,customer,model,use,territories\n"
    given = judged(f'{text}a,p,5,16,c,o,k,wan2.2-ti2v,research,"DE, AT CH,DE"\n').rows[0].request
    assert given
    assert (given.model, given.use, given.territories) == ("wan2.2-ti2v", Use.RESEARCH, ("AT", "CH", "DE"))
    empty = judged(f"{text}a,p,5,16,c,o,k,,,\n").rows[0].request
    assert empty
    assert (empty.model, empty.use, empty.territories) == (None, Use.COMMERCIAL, ("worldwide",))


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("model", "Wan 2.2"),
        ("model", "../wan"),
        ("use", "resale"),
        ("territories", "Austria"),
        ("territories", "at"),
        ("territories", "worldwide AT"),
        ("territories", "AT;DE"),
        ("fps", "9"),
    ],
)
def test_a_wrong_model_use_territory_or_rate_is_named(column: str, cell: str) -> None:
    catalog = judged(f"id,prompt,duration_s,campaign,owner,customer,{column}\na,p,5,c,o,k,{cell}\n")
    assert fields(catalog) == [(1, column)]


@pytest.mark.parametrize("fps", ["8", "12", "15", "16"])
def test_the_rates_of_models_are_rates(fps: str) -> None:
    catalog = judged(f"id,prompt,duration_s,campaign,owner,customer,fps\na,p,5,c,o,k,{fps}\n")
    assert catalog.rows[0].request


def test_every_fault_of_every_row_is_reported_in_one_pass() -> None:
    catalog = judged(f"{HEADER},variables,fps\n{ROW},,\na..b,,,../x.png,nan,,studio,lumen,[1],29.97\n")
    faults = {"id", "prompt", "duration_s", "image", "campaign", "fps", "variables"}
    assert set(fields(catalog)) == {(2, field) for field in faults}
    assert catalog.rows[0].request


def test_a_finding_names_file_row_field_value_what_is_allowed_and_what_to_do() -> None:
    catalog = judged(f"{HEADER}\n{ROW.replace('6.5', 'five')}\n")
    assert str(catalog.rows[0].findings[0]) == (
        "shop.csv, row 1: duration_s is no duration the factory makes. Field duration_s = 'five'. Allowed: a decimal"
        " number from 0.5 to 60 seconds, or auto. Write seconds with a decimal point and without a unit: 6.5."
    )


def test_the_first_of_equal_ids_keeps_it_and_the_others_go_by_their_row() -> None:
    catalog = judged(f"{HEADER}\n{ROW}\n{ROW}\n{ROW.replace('lamp,', 'LAMP,', 1)}\n")
    assert [(row.clip_id, row.is_held) for row in catalog.rows] == [("lamp", False), ("row-2", True), ("row-3", True)]


def test_an_id_that_could_be_taken_for_a_row_is_refused() -> None:
    assert fields(judged(f"{HEADER}\n{ROW.replace('lamp,', 'Row-2,', 1)}\n")) == [(1, "id")]


def test_object_references_are_held_to_the_allowed_prefixes() -> None:
    rows = [
        ROW.replace("pictures/lamp.png", uri)
        for uri in ("s3://media/a.png", "s3://media-2/a.png", "s3://media/../b.png", "s3://media/%2e%2e/b.png")
    ]
    text = "\n".join([HEADER, *(row.replace("lamp,", f"lamp{n},", 1) for n, row in enumerate(rows))])
    assert fields(judged(text, roots=("s3://media",))) == [(2, "image"), (3, "image"), (4, "image")]
    assert len(judged(text).held) == 4


def test_an_allowed_prefix_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="media_roots"):
        judged(f"{HEADER}\n{ROW}\n", roots=("/etc",))


def test_a_missing_column_refuses_the_file_unless_the_defaults_have_it() -> None:
    text = "id,prompt,duration_s,campaign,owner\na,p,6,c,o\n"
    with pytest.raises(InputError, match="lacks customer"):
        judged(text)
    assert judged(text, defaults="customer: lumen").rows[0].request


@pytest.mark.parametrize(
    "defaults", ["- a", "id: x", "ownr: x", "owner: &a x", "variables: [1]", "variables: {A: 1}", "{"]
)
def test_a_wrong_sidecar_refuses_the_catalog(defaults: str) -> None:
    with pytest.raises(InputError):
        judged(f"{HEADER}\n{ROW}\n", defaults=defaults)


def test_text_is_brought_to_nfc_and_trimmed() -> None:
    row = ROW.replace("a warm lamp", "  cafe\u0301  ")
    request = judged(f"{HEADER}\n{row}\n").rows[0].request
    assert request
    assert request.prompt == "caf\u00e9"


def test_a_script_may_have_lines_and_a_prompt_may_not() -> None:
    text = f'{HEADER},script\n{ROW},"one\ntwo"\n'
    request = judged(text).rows[0].request
    assert request
    assert request.script == "one\ntwo"
    row = ROW.replace("a warm lamp", '"one\ntwo"')
    assert fields(judged(f"{HEADER}\n{row}\n")) == [(1, "prompt")]


VOICED = "id,template,duration_s,voice,script,audio_description,campaign,owner,customer\n"


def test_a_row_may_want_no_voice() -> None:
    request = judged(f"{VOICED}a,product_card,5,none,,,c,o,k\n").rows[0].request
    assert request
    assert request.voice == NO_VOICE


@pytest.mark.parametrize(
    ("cells", "field", "said"),
    [
        ("5,none,Meet the lamp.,", "voice", "is none, and script is there to be spoken"),
        ("5,none,,A lamp on a table.", "voice", "is none, and audio_description is there to be spoken"),
        ("auto,none,,", "duration_s", "is to follow a narration, and voice is none"),
    ],
)
def test_a_row_that_wants_no_voice_and_words_to_be_spoken_is_held(cells: str, field: str, said: str) -> None:
    catalog = judged(f"{VOICED}a,product_card,{cells},c,o,k\n")
    assert fields(catalog) == [(1, field)]
    assert said in str(catalog.rows[0].findings[0])


def test_a_row_says_over_its_sidecar_who_speaks() -> None:
    rows = "a,product_card,5,en-us,Meet the lamp.,,c,o,k\nb,product_card,5,,,,c,o,k\n"
    catalog = judged(f"{VOICED}{rows}", defaults="voice: none\n")
    assert [row.request.voice for row in catalog.rows if row.request] == ["en-us", NO_VOICE]


def test_variables_keep_their_types_in_an_object_and_are_text_in_columns() -> None:
    text = '{"id":"a","prompt":"p","duration_s":6,"campaign":"c","owner":"o","customer":"k",'
    text += '"variables":{"count":3,"energy":0.5,"dark":true,"none":null},"variables.price":"9 €"}'
    request = judged(text, "shop.jsonl").rows[0].request
    assert request
    assert request.variables == {"count": 3, "energy": 0.5, "dark": True, "price": "9 €"}


@pytest.mark.parametrize(
    ("file", "folder", "name"),
    [
        ("Lumen Shop (2).csv", "", "lumen-shop-2"),
        ("été_26.yaml", "", "ete_26"),
        ("catalog.csv", "Lumen Shop", "lumen-shop"),
    ],
)
def test_the_name_is_safe_in_a_partition_key(file: str, folder: str, name: str) -> None:
    assert catalog_name(file, folder) == name


def test_a_name_without_letters_or_digits_is_refused() -> None:
    with pytest.raises(InputError):
        catalog_name("灯.csv")


def test_a_catalog_called_catalog_goes_by_its_folder(tmp_path: Path) -> None:
    (tmp_path / "lumen").mkdir()
    path = tmp_path / "lumen" / "catalog.csv"
    path.write_text(f"{HEADER}\n{ROW}\n")
    assert load_catalog(path, templates={"product_card"}, profiles={"standard"}).name == "lumen"


def test_ten_thousand_rows_are_judged_row_by_row() -> None:
    rows = "\n".join(
        ROW.replace("lamp,", f"lamp-{n},", 1).replace("6.5", "6.5" if n % 10 else "x") for n in range(10_000)
    )
    catalog = judged(f"{HEADER}\n{rows}\n")
    assert (len(catalog.rows), len(catalog.held)) == (10_000, 1_000)
    assert catalog.held[1].row_number == 11


def test_no_setting_of_pandera_s_switches_the_contract_off(monkeypatch: pytest.MonkeyPatch) -> None:
    from pandera.config import CONFIG, ValidationDepth

    monkeypatch.setattr(CONFIG, "validation_enabled", False)
    monkeypatch.setattr(CONFIG, "validation_depth", ValidationDepth.SCHEMA_ONLY)
    assert fields(judged(f"{HEADER}\n{ROW.replace('6.5', 'x')}\n")) == [(1, "duration_s")]

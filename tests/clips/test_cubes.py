"""Colour tables: what is one, what isn't and why, and how much of one is applied."""

from pathlib import Path

import numpy as np
import pytest

from vidgen_assets.clips.cubes import CubeError, identity, parse_cube, read_cube, shipped_cubes

# Red fastest: the second row is pure red in, and this table gives back blue for it.
SWAPPED = "LUT_3D_SIZE 2\n" + "\n".join(f"{b} {g} {r}" for b in (0, 1) for g in (0, 1) for r in (0, 1))


def test_red_runs_fastest() -> None:
    assert parse_cube(SWAPPED).rows[1].tolist() == [0, 0, 1]


def test_titles_comments_and_empty_lines_say_nothing() -> None:
    dressed = f'# by hand\nTITLE "swapped"\n\nDOMAIN_MIN 0 0 0\nDOMAIN_MAX 1.0 1.0 1.0\n{SWAPPED}  # end\n'

    assert parse_cube(dressed).digest == parse_cube(SWAPPED).digest


def test_half_a_table_is_half_way_to_it() -> None:
    assert parse_cube(SWAPPED).at(0.5).rows[1].tolist() == [0.5, 0, 0.5]
    assert parse_cube(SWAPPED).at(0.0).digest == identity(2).digest


def test_a_table_reads_back_as_written() -> None:
    assert parse_cube(read_cube("warm").text()).digest == read_cube("warm").digest


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "0 rows"),
        (SWAPPED + "\n0 0 0", "line 10.*no row"),
        (SWAPPED.rsplit("\n", 1)[0], "7 rows; allowed: as many as the cube of LUT_3D_SIZE, which is 2"),
        (SWAPPED.replace("1 0 0", "nan 0 0"), "line 6.*three numbers from -1 to 2"),
        (SWAPPED.replace("1 0 0", "inf 0 0"), "line 6"),
        (SWAPPED.replace("1 0 0", "2.5 0 0"), "line 6"),
        (SWAPPED.replace("1 0 0", "1 0"), "line 6"),
        (SWAPPED.replace("1 0 0", "one 0 0"), "line 6"),
        ("LUT_3D_SIZE 66\n", "2 to 65"),
        ("LUT_3D_SIZE 1\n", "2 to 65"),
        ("LUT_3D_SIZE 9999999\n", "2 to 65"),
        ("LUT_3D_SIZE 2\nLUT_3D_SIZE 2\n", "line 2.*once"),
        ("LUT_1D_SIZE 2\n0 0 0\n1 1 1\n", "line 1.*no row"),
        (f"DOMAIN_MAX 255 255 255\n{SWAPPED}", "line 1: DOMAIN_MAX 255 255 255; allowed: 1 1 1"),
    ],
)
def test_what_is_no_whole_table_over_0_to_1_is_refused_by_its_line(text: str, said: str) -> None:
    with pytest.raises(CubeError, match=said):
        parse_cube(text)


def test_a_file_that_is_too_large_or_not_there_is_refused(tmp_path: Path) -> None:
    large = tmp_path / "large.cube"
    with large.open("wb") as file:
        file.truncate((16 << 20) + 1)

    with pytest.raises(CubeError, match=r"large\.cube is larger than 16 MiB"):
        read_cube(str(large))
    with pytest.raises(CubeError, match=r"none\.cube can't be read"):
        read_cube(str(tmp_path / "none.cube"))


@pytest.mark.parametrize("name", shipped_cubes())
def test_a_table_that_ships_keeps_black_white_and_the_order_of_greys(name: str) -> None:
    cube = read_cube(name)
    greys = cube.rows.reshape(cube.side, cube.side, cube.side, 3)[np.arange(cube.side), *[np.arange(cube.side)] * 2]

    assert np.abs(greys[0]).max() < 0.002
    assert np.abs(greys[-1] - 1).max() < 0.002
    assert (np.diff(greys, axis=0) > 0).all()
    assert np.abs(cube.rows - identity(cube.side).rows).max() < 0.05


def test_neutral_ships_and_changes_nothing() -> None:
    assert read_cube("neutral").digest == identity(17).digest

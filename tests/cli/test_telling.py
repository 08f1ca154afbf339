"""What programs read and what people read: every clip counted, money exact, nothing taken for markup."""

import io
import json
from decimal import Decimal
from typing import Any

import pytest
from rich.console import Console

from resources.deliveries import Delivery
from tests.builders import a_digest, a_verdict
from vidgen_assets.cli.telling import (
    delivery_json,
    forecast_json,
    print_clip,
    print_forecast,
    print_json,
    print_standings,
    standing_json,
    status_json,
)
from vidgen_assets.clips.errors import ErrorKind
from vidgen_assets.clips.ledger import Problem, Status
from vidgen_assets.releases.address import Address
from vidgen_assets.reports.estimate import Forecast, Plan
from vidgen_assets.reports.standing import StageMark, Standing, State

WRONG = Problem(ErrorKind.INPUT, "aspect is unknown", field="aspect", value="7:3", allowed="16:9", remedy="Mend it.")


def a_standing(clip_id: str = "lamp", state: State = State.WAITING, **changes: Any) -> Standing:
    values: dict[str, Any] = {
        "catalog": "shop",
        "shard": "shop.g1.0000",
        "stage": "frames",
        "problem": None,
        "cost": Decimal("0.10"),
        "currency": "EUR",
        "trace_id": "abc",
        "marks": (StageMark("frames", Status.MADE, a_digest("frames"), 1.25, 1.0, Decimal("0.10"), 2, "run-12345678"),),
        **changes,
    }
    return Standing(clip_id=clip_id, state=state, **values)


def printed(tell: Any, *arguments: Any) -> str:
    out = io.StringIO()
    tell(*arguments, Console(file=out, width=200))
    return out.getvalue()


def test_status_counts_every_state_even_those_that_nobody_is_in() -> None:
    found = status_json([a_standing("a", State.RELEASED), a_standing("b", State.HELD), a_standing("c", State.RELEASED)])
    assert found["clips"] == {"released": 2, "held": 1, "failed": 0, "waiting": 0}


def test_status_adds_money_exactly_and_by_catalog() -> None:
    found = status_json([a_standing("a"), a_standing("b"), a_standing("c", catalog="other", cost=Decimal("0.0000001"))])
    assert found["cost"] == {"amount": "0.2000001", "currency": "EUR"}
    assert found["catalogs"]["shop"]["cost"]["amount"] == "0.20"
    assert found["catalogs"]["other"]["cost"]["amount"] == "0.0000001", "no exponent"
    assert [d["clip_id"] for d in found["catalogs"]["shop"]["details"]] == ["a", "b"]


def test_status_of_nothing() -> None:
    found = status_json([])
    assert found["clips"] == {"released": 0, "held": 0, "failed": 0, "waiting": 0}
    assert found["catalogs"] == {}


def test_a_standing_as_json_has_its_reason_field_by_field() -> None:
    found = standing_json(a_standing(state=State.HELD, problem=WRONG))
    assert found == {
        "clip_id": "lamp",
        "catalog": "shop",
        "shard": "shop.g1.0000",
        "state": "held",
        "stage": "frames",
        "why": {
            "kind": "input",
            "message": "aspect is unknown",
            "field": "aspect",
            "value": "7:3",
            "allowed": "16:9",
            "remedy": "Mend it.",
        },
        "cost": "0.10",
        "trace_id": "abc",
        "release": None,
        "provenance": {},
        "digests": {"frames": a_digest("frames")},
    }


def test_a_release_as_json_has_its_folder() -> None:
    address = Address("shop", "lamp", a_digest("statement"))
    assert standing_json(a_standing(state=State.RELEASED, address=address))["release"] == address.folder


def test_a_forecast_as_json_adds_up() -> None:
    forecasts = [
        Forecast("a", "s", Plan.GENERATE, Decimal("1.5"), from_stage="encodes"),
        Forecast("b", "s", Plan.GENERATE, Decimal("0.25"), from_stage="latents"),
        Forecast("c", "s", Plan.HOLD, Decimal(0), problem=WRONG),
    ]
    found = forecast_json(forecasts, "EUR")
    assert found["clips"] == {"generate": 2, "reuse": 0, "hold": 1}
    assert found["price"] == {"amount": "1.75", "currency": "EUR"}
    assert found["details"][0]["from_stage"] == "encodes"
    assert found["details"][2]["why"]["field"] == "aspect"
    assert "2 to generate, 0 to reuse, 1 to hold; at most 1.75000 EUR" in printed(print_forecast, forecasts, "EUR")


def test_json_is_printed_as_it_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"price": "9 €"})
    out = capsys.readouterr().out
    assert "€" in out
    assert json.loads(out) == {"price": "9 €"}


def test_a_table_names_clip_state_and_reason() -> None:
    text = printed(print_standings, [a_standing(state=State.HELD, problem=WRONG), a_standing("mug", State.RELEASED)])
    assert "lamp" in text
    assert "aspect is unknown. Field aspect = 7:3. Allowed: 16:9. Mend it." in text
    assert "1 released, 1 held; 0.20 EUR" in text


def test_what_a_customer_wrote_is_no_markup() -> None:
    """A headline that reads like rich's markup is shown, and can't paint or break the table."""
    problem = Problem(ErrorKind.INPUT, "no such thing: [bold red]sale[/] [/nonsense]")
    text = printed(print_standings, [a_standing("[red]lamp[/]", problem=problem)])
    assert "[red]lamp[/]" in text
    assert "[bold red]sale[/] [/nonsense]" in text


def test_a_clip_is_told_with_its_walk_and_its_verdicts() -> None:
    text = printed(print_clip, a_standing(problem=WRONG), [a_verdict()], None)
    assert "lamp of shop, shard shop.g1.0000" in text
    assert a_digest("frames").short in text
    assert "run-1234" in text
    assert "frames.frames_are_fine v1" in text
    assert "it is fine" in text


def test_a_clip_that_a_model_made_names_the_release_the_machine_and_where_it_went_on() -> None:
    environment = {"device": "NVIDIA H200", "instruction_set": "sm_90"}
    provenance = {"release": "wan-2", "environment": environment, "resumed_from_step": 12}
    mark = StageMark("latents", Status.MADE, None, 1.0, 1.0, Decimal(1), 1, "run", provenance)
    standing = a_standing(marks=(mark,))

    assert "latents by wan-2 on NVIDIA H200 (sm_90), resumed from step 12\n" in printed(print_clip, standing, [], None)
    assert standing_json(standing)["provenance"] == {"latents": provenance}


def test_how_long_a_clip_took_to_be_playable_is_told() -> None:
    delivery = Delivery("2026-11-25T12:00:00.000+00:00", "2026-11-25T12:00:41.500+00:00", "2026-11-25T12:00:42+00:00")
    text = printed(print_clip, a_standing(state=State.RELEASED), [], delivery)
    assert "first playable: 41.5 s after its catalog was registered\n" in text
    assert delivery_json(None) is None
    assert (delivery_json(delivery) or {})["first_playable_s"] == 41.5

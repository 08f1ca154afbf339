"""What "every required verdict" means is what the stages check, neither more nor less."""

from quality_checks.catalogue import REQUIRED
from vidgen_assets.qa_scores.asset import QA_SCORES
from vidgen_assets.releases.asset import RELEASES
from vidgen_assets.stages.audit import SHARD_IS_FIT
from vidgen_assets.stages.stage import Stage

STAGES: tuple[Stage, ...] = (*RELEASES.upstream, RELEASES)


def test_the_catalogue_is_what_the_judged_stages_check() -> None:
    assert {stage.name: stage.checks for stage in QA_SCORES.upstream} == REQUIRED
    assert list(REQUIRED) == [stage.name for stage in QA_SCORES.upstream]


def test_a_release_asks_every_stage_that_makes_or_scores_a_clip() -> None:
    assert RELEASES.upstream == (*QA_SCORES.upstream, QA_SCORES)


def test_no_stage_is_without_a_check() -> None:
    """The gate asks for a verdict of every check; of none it would ask nothing."""
    assert [stage.name for stage in STAGES if not stage.checks] == []


def test_checks_are_named_after_their_stage_and_only_once() -> None:
    for stage in STAGES:
        assert {check.id.stage for check in stage.checks} == {stage.name}
    names = [check.id.name for stage in STAGES for check in stage.checks]
    names += [check.name for stage in STAGES for check in stage.shard_checks]
    assert len(set(names)) == len(names)
    assert SHARD_IS_FIT not in names

"""The RST classifier: what must still happen before this customer is helped."""

from intake.classify.judgement import Judgement, Reason, Stage
from intake.classify.judging import judge, judge_many
from intake.classify.model import load
from intake.classify.reasons import reason_text

__all__ = ["Judgement", "Reason", "Stage", "judge", "judge_many", "load", "reason_text"]

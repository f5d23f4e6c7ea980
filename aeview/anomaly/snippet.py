"""What the page Anomaly shows, as Python."""

from aecore.anomaly.threshold import RULES
from aeview.anomaly import sets
from aeview.anomaly import view as page
from aeview.anomaly.shown import HAND, ROWS, Question, Shown
from aeview.shell.snippets import Snippet, needed, write
from aeview.work import cache
from aeview.work.live import Opened

DETECTED = """
import aecore

lab = aecore.open($name)
found = lab.detect($strange)
flagged = found.flagged($rule)
for side, which in (("normal", flagged.normal), ("strange", flagged.strange)):
    print(f"{which.mean():.1%} of {len(which)} {side} ones are flagged")
print("threshold:", found.$limit($rule), f"({found.score}, higher is more anomalous)")
print(f"AUROC {found.auroc:.3f}, average precision {found.average_precision:.3f}")
picture = aecore.picture(found.strangest[:10])
picture
"""
BY_HAND = """
import aecore

lab = aecore.open($name)
found = lab.detect($strange)
limit = $rule
for side, scores in (("normal", found.normal), ("strange", found.strange)):
    print(f"{(scores > limit).mean():.1%} of {len(scores)} {side} ones are flagged")
print(f"AUROC {found.auroc:.3f}, average precision {found.average_precision:.3f}")
picture = aecore.picture(found.strangest[:10])
picture
"""
NO_OWN = "What is strange are pictures of your own, which code can't hold: choose another kind."
NO_TABLE = (
    "There is no code for tables yet. From the command line: `python -m aecore score --help`."
)


def snippet(chosen: Opened) -> Snippet:
    """Scores of both sides, the threshold, and what it flags."""
    card = chosen.checkpoint.card
    if Question.chosen("judged") == ROWS:
        return Snippet("", NO_TABLE)
    if not cache.has_set(card.data):
        return Snippet("", needed(card))
    choice, shown = page.now(card)
    if choice.strange == sets.OWN:
        return Snippet("", NO_OWN)
    said = f"{choice.strange!r}, normal={choice.normal!r}, score={shown.score!r}"
    if choice.strange == sets.CORRUPTED:
        said += f", kind={choice.kind!r}, level={choice.level!r}"
    by_hand = shown.rule == HAND and shown.threshold is not None
    template, rule = (BY_HAND, repr(shown.threshold)) if by_hand else (DETECTED, _rule(shown))
    limit = "thresholds" if shown.rule in RULES and RULES[shown.rule].by_class else "threshold"
    name = chosen.call
    return Snippet(write(template, name=name, strange=said, rule=rule, limit=limit))


def _rule(shown: Shown) -> str:
    """The arguments that choose a threshold; of a rule that is none the first."""
    rule = shown.rule if shown.rule in RULES else Shown().rule
    return repr(rule) if shown.value is None else f"{rule!r}, {shown.value!r}"

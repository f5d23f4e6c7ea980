"""Generate: random codes of two models side by side, noisy codes, posteriors."""

from aeview.generate import view as generation
from aeview.shell import frame
from aeview.work import live

notices = frame.head(
    "Generate",
    "Draw random codes and see what two models make of them: throw dice, change the temperature.",
)
chosen = live.chosen_model()
beside = generation.partner(chosen)
models = [chosen, *([beside] if beside else [])]
generation.show(models)
for slot, (name, held) in enumerate(models):
    live.send(name, held, live.natural(held), slot)
generation.explain()
frame.say_notices(notices)

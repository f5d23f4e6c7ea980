// How a picture became the model's input: each step as a small picture, with its switch.

/**
 * @param home an empty element
 * @param steps [{ name, title, words, applied, picture, choices, value }]
 * @param chosen called with (name, value)
 */
export function showSteps(home, steps, chosen) {
  home.replaceChildren(...steps.map((step) => {
    const figure = document.createElement("figure");
    figure.dataset.step = step.name;
    figure.classList.toggle("applied", step.applied);
    const image = document.createElement("img");
    image.src = step.picture;
    image.alt = `The picture after the step “${step.title}”`;
    const caption = document.createElement("figcaption");
    const title = document.createElement("b");
    title.textContent = step.title;
    const words = document.createElement("span");
    words.textContent = step.words;
    caption.append(title, words);
    figure.append(image);
    if (step.choices.length) figure.append(select(step, chosen));
    figure.append(caption);
    return figure;
  }));
}

function select({ name, title, choices, value }, chosen) {
  const field = document.createElement("select");
  field.setAttribute("aria-label", title);
  field.append(...choices.map((choice) => new Option(choice, choice, choice === value, choice === value)));
  field.addEventListener("change", () => chosen(name, field.value));
  return field;
}

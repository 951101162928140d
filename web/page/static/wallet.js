// Small comforts. Every page works without them.

// A form is sent once, however often the thumb taps.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", () => {
    for (const b of form.querySelectorAll("button")) requestAnimationFrame(() => { b.disabled = true; });
  });
}
addEventListener("pageshow", () => {
  for (const b of document.querySelectorAll("form button[disabled]:not([data-stay])")) b.disabled = false;
});

// What went wrong is read first.
document.querySelector(".problem[autofocus]")?.focus();

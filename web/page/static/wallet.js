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
document.querySelector(".problem")?.focus();

// What has to be read first can be agreed to when it could have been read. The server
// counts for itself; this only spares a refusal.
for (const b of document.querySelectorAll("button[data-wait]")) {
  let left = Number(b.dataset.wait);
  if (!(left > 0)) continue;
  const words = b.textContent;
  b.dataset.stay = "";
  b.disabled = true;
  const tick = () => {
    b.textContent = left > 0 ? `${words} (${left})` : words;
    if (left-- <= 0) { b.disabled = false; clearInterval(timer); }
  };
  const timer = setInterval(tick, 1000);
  tick();
}

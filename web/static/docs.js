// The contents are closed on a narrow screen, and can be filtered by words.
const contents = document.querySelector(".contents details");
if (matchMedia("(max-width: 60rem)").matches) {
  contents.open = false;
  contents.addEventListener("click", (event) => { if (event.target.closest("a")) contents.open = false; });
}

const box = contents.querySelector(".filter");
const input = box.querySelector("input");
const nothing = box.querySelector("p");
box.hidden = false;
input.addEventListener("input", () => {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const list of contents.querySelectorAll("ul")) {
    let here = 0;
    for (const item of list.children) {
      const text = item.dataset.words.toLowerCase();
      item.hidden = !words.every((word) => text.includes(word));
      if (!item.hidden) here++;
    }
    list.hidden = list.previousElementSibling.hidden = here === 0;
    found += here;
  }
  nothing.hidden = found > 0;
});

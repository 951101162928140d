// Puts a button beside each command that copies it. Without a clipboard there is none.
if (navigator.clipboard) {
  for (const box of document.querySelectorAll(".code")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = box.dataset.copy;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(box.querySelector("code").textContent);
      button.textContent = box.dataset.copied;
      setTimeout(() => { button.textContent = box.dataset.copy; }, 1500);
    });
    box.append(button);
  }
}

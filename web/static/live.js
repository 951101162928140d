// Asks for the figures each second, and shows them where the page has a place for them.
const page = document.querySelector("[data-figures]");
const lang = document.documentElement.lang;
const count = new Intl.NumberFormat(lang);
const samples = []; // {at, commands}, at most two minutes of them
const span = 120;

function put(figures) {
  for (const el of page.querySelectorAll("[data-count]")) el.textContent = count.format(figures[el.dataset.count] ?? 0);
  for (const el of page.querySelectorAll("[data-text]")) el.textContent = figures[el.dataset.text] ?? "";
  document.getElementById("closing").hidden = !figures.closing;
  document.getElementById("resting").hidden = Boolean(figures.closing);
  putSums(figures.sums ?? []);
  putPartitions(figures.partitions ?? []);
  putBatches(figures.batch_sizes ?? []);
  putRate(figures);
}

function putSums(sums) {
  for (const sum of sums) {
    const list = page.querySelector(`[data-currency="${CSS.escape(sum.currency)}"]`);
    if (!list) return location.reload(); // the first account of a currency: the server makes its place
    const money = new Intl.NumberFormat(lang, { minimumFractionDigits: sum.decimals, maximumFractionDigits: sum.decimals });
    [sum.limit, sum.held, sum.outstanding, sum.billed, sum.overdue].forEach((amount, i) => {
      list.children[i].querySelector("dd").textContent = money.format(amount / 10 ** sum.decimals);
    });
  }
}

function putPartitions(partitions) {
  const list = page.querySelector(".partitions");
  partitions.forEach((partition, i) => {
    const item = list.children[i];
    if (!item) return;
    const lag = partition.head - partition.tables;
    item.classList.toggle("lags", lag > 0);
    item.querySelector(".head").textContent = count.format(partition.head);
    item.querySelector(".lag").textContent = lag > 0 ? `${list.dataset.behind} ${count.format(lag)}` : list.dataset.level;
  });
}

function putBatches(sizes) {
  const most = Math.max(1, ...sizes);
  page.querySelectorAll("#batches li").forEach((item, i) => {
    item.querySelector(".count").textContent = count.format(sizes[i] ?? 0);
    item.querySelector("rect").setAttribute("width", `${(100 * (sizes[i] ?? 0)) / most}%`);
  });
}

// putRate draws commands a second from one sample to the next.
function putRate(figures) {
  samples.push({ at: Date.parse(figures.at) / 1000, commands: figures.commands });
  const now = samples.at(-1).at;
  while (samples[0].at < now - span - 5) samples.shift();
  const rates = samples.slice(1).map((sample, i) => {
    const before = samples[i];
    const seconds = sample.at - before.at;
    return { at: sample.at, rate: seconds > 0 ? Math.max(0, (sample.commands - before.commands) / seconds) : 0 };
  });
  if (rates.length === 0) return;
  const chart = document.getElementById("rate");
  chart.hidden = false;
  const top = ceiling(Math.max(10, ...rates.map((r) => r.rate)));
  const shown = Math.max(15, now - rates[0].at); // the line fills the width from the beginning
  const x = (at) => 600 - ((now - at) / shown) * 600;
  const y = (rate) => 176 - (rate / top) * 170;
  const points = rates.map((r) => `${x(r.at).toFixed(1)} ${y(r.rate).toFixed(1)}`);
  chart.querySelector(".line").setAttribute("d", `M${points.join("L")}`);
  chart.querySelector(".area").setAttribute("d", `M${x(rates[0].at).toFixed(1)} 176L${points.join("L")}L600 176Z`);
  chart.querySelector("[data-rate]").textContent = count.format(Math.round(rates.at(-1).rate));
  chart.querySelector("[data-top]").textContent = count.format(top);
}

// ceiling is 1, 2 or 5 times a power of ten.
function ceiling(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((n) => n * power).find((n) => n >= value);
}

async function ask() {
  try {
    const answer = await fetch(page.dataset.figures, { cache: "no-store" });
    if (!answer.ok) throw new Error(answer.status);
    put(await answer.json());
    document.getElementById("stale").hidden = true;
  } catch {
    document.getElementById("stale").hidden = false;
  }
}

// Nobody looks at a page in the background: it asks again when it is seen.
async function follow() {
  if (!document.hidden) await ask();
  setTimeout(follow, 1000);
}
follow();

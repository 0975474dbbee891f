// Adds views, filters, keys and links to source lines; the page is whole without it.
(() => {
  "use strict";
  const root = document.documentElement;
  const $ = (selector, from = document) => from.querySelector(selector);
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
  const views = $$("main > section");
  const tabs = $$("nav a");
  const rows = $$("details.r");
  const form = $("#filters");
  const help = $("#help");

  // Views: one at a time, the one that holds the target of the address.
  const show = (view) => {
    for (const it of views) it.hidden = it !== view;
    for (const it of tabs) {
      if (it.hash === "#" + view.id) it.setAttribute("aria-current", "page");
      else it.removeAttribute("aria-current");
    }
  };
  const follow = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    show((target && target.closest("main > section")) || views[0]);
    if (!target) return;
    if (target.tagName === "DETAILS") {
      if (target.closest("[hidden]")) clear();
      target.open = true;
    }
    const top = views[0].parentElement.offsetTop - $("nav").offsetHeight;
    if (!views.includes(target)) target.scrollIntoView({ block: "start" });
    else if (scrollY > top) scrollTo(0, top);
  };

  // Filters.
  const texts = new Map(rows.map((row) => [row, $("summary", row).textContent.toLowerCase()]));
  const levels = new Map(rows.map((row) => [row, $("summary > .v", row).textContent]));
  const filter = () => {
    const { text, d, s, l, w } = Object.fromEntries(new FormData(form));
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const it = row.dataset;
      const fits = (!d || row.closest(".doc").dataset.d === d) && (!s || row.classList.contains(s)) &&
        (!l || levels.get(row) === l) && (!w || (it.w || "shall") === w) && words.every((word) => texts.get(row).includes(word));
      row.hidden = !fits;
      shown += fits;
    }
    for (const group of $$(".part, .doc")) group.hidden = !$("details.r:not([hidden])", group);
    $("output", form).value = shown === rows.length ? `${shown} requirements` : `${shown} of ${rows.length}`;
    $("#none").hidden = shown > 0;
  };
  const clear = () => { form.reset(); filter(); };
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());

  // Links to source lines, where the address of the source is known.
  const base = root.dataset.base;
  const source = (text) => {
    const [, file, from, to] = /^(.*?)(?::(\d+)(?:–(\d+))?)?$/.exec(text);
    const lines = from ? "#L" + from + (to ? "-L" + to : "") : "";
    return base + file.split("/").map(encodeURIComponent).join("/") + lines;
  };
  if (base) {
    for (const it of $$("a.at")) it.href = source(it.textContent);
    for (const it of $$("a.ln")) {
      it.href = source($("summary code", it.closest(".file")).textContent + ":" + it.textContent);
    }
  }

  // Light or dark; what is stored may be forbidden to a page from a file.
  const theme = () => {
    const dark = getComputedStyle(root).colorScheme === "dark" ||
      (!root.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
    root.dataset.theme = dark ? "light" : "dark";
    try { localStorage.setItem("trace-theme", root.dataset.theme); } catch { /* not stored */ }
  };
  try { root.dataset.theme = localStorage.getItem("trace-theme") || ""; } catch { /* not stored */ }
  $("#theme").addEventListener("click", theme);
  $("#keys").addEventListener("click", () => help.showModal());

  // Keys.
  const move = (step) => {
    const visible = rows.filter((row) => !row.hidden);
    const here = visible.findIndex((row) => row.contains(document.activeElement));
    const next = visible[Math.min(Math.max(here + step, 0), visible.length - 1)];
    if (!next) return;
    show(views[0]);
    const head = $("summary", next);
    head.focus({ preventScroll: true });
    head.scrollIntoView({ block: "nearest" });
  };
  const keys = {
    "/": () => { show(views[0]); form.elements.text.select(); form.elements.text.focus(); },
    "?": () => help.showModal(),
    "j": () => move(1),
    "k": () => move(-1),
    "t": theme,
    "Escape": () => { document.activeElement.blur(); clear(); },
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    const typing = event.target.matches("input, select");
    const key = tabs[event.key - 1] ? () => { location.hash = tabs[event.key - 1].hash; } : keys[event.key];
    if (!key || (typing && event.key !== "Escape")) return;
    event.preventDefault();
    key();
  });

  root.classList.add("js");
  form.hidden = false;
  $(".tools").hidden = false;
  addEventListener("hashchange", follow);
  filter();
  follow();
})();

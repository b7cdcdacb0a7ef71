// The search by keyboard, on top of a plain form: "/" leads to the field, the arrows through what was found,
// Escape back to where one was. Without this module everything works by Tab and Enter.

const fields = () => [...document.querySelectorAll("[data-search]")];
const hits = () => [...document.querySelectorAll("main [data-hit]")];

let before = null; // what had the focus when "/" was pressed

function isTyping(element) {
  return element.isContentEditable || element.matches("input, textarea, select");
}

function isSeen(element) {
  return element.getClientRects().length > 0;
}

// The page's own field before that of the frame; on a phone the latter is folded away in the menu.
function wantedField() {
  const inMain = fields().find((field) => field.closest("main"));
  return inMain ?? fields().find(isSeen) ?? fields().find((field) => field.closest("details"));
}

function enter(event) {
  const field = wantedField();
  if (!field) return;
  event.preventDefault();
  before = document.activeElement;
  const fold = field.closest("details");
  if (fold) fold.open = true;
  field.focus();
  field.select();
}

function leave(event) {
  event.preventDefault(); // a search field would be emptied
  const field = event.target;
  field.blur();
  const fold = field.closest("details");
  if (fold) fold.open = false;
  if (before?.isConnected) before.focus();
  before = null;
}

// By `step` along the results; before the first one stands the page's field.
function move(event, step) {
  const stops = [...fields().filter((field) => field.closest("main")), ...hits()];
  const next = stops[stops.indexOf(event.target) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

function inField(event) {
  if (event.key === "Escape") leave(event);
  else if (event.key === "ArrowDown" && event.target.closest("main")) move(event, 1);
}

function onHit(event) {
  if (event.key === "Escape") enter(event);
  else if (event.key === "ArrowDown") move(event, 1);
  else if (event.key === "ArrowUp") move(event, -1);
}

function pressed(event) {
  if (event.target.matches("[data-search]")) inField(event);
  else if (event.key === "/" && !isTyping(event.target)) enter(event);
  else if (event.target.matches("main [data-hit]")) onHit(event);
}

document.addEventListener("keydown", (event) => {
  const isShortcut = event.ctrlKey || event.metaKey || event.altKey;
  if (!isShortcut && !event.defaultPrevented && !event.isComposing) pressed(event);
});

for (const hint of document.querySelectorAll("[data-with-keys]")) hint.hidden = false;

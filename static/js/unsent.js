// Keeps what was typed into a form marked `data-keep` until it has been sent: in this tab's session storage, under the
// person and the address. It comes back after leaving the page, a broken connection or the end of a session, together
// with the hidden fields that say which text it was made from. Without this module the forms work as they are.

const PREFIX = "unsent:";
const SENT = "unsent-sent";
const form = document.querySelector("form[data-keep]");
const key = form && PREFIX + form.dataset.keep;

function fields() {
  return [...form.elements].filter((field) => field.name && !["csrfmiddlewaretoken", "together"].includes(field.name));
}

function valueOf(field) {
  return field.type === "checkbox" || field.type === "radio" ? field.checked : field.value;
}

function put(field, value) {
  if (field.type === "checkbox" || field.type === "radio") field.checked = value;
  else field.value = value;
}

const all = () => fields().map((field) => [field.name, valueOf(field)]);

function isTypable(field) {
  return field.matches("textarea, input:not([type=hidden])");
}

// What the page says differs from what was kept: only in a field that somebody types into.
function differs(kept) {
  return kept.length === fields().length && fields().some((field, place) => isTypable(field) && valueOf(field) !== kept[place][1]);
}

function restore(kept, before) {
  const note = document.querySelector("[data-kept]");
  fields().forEach((field, place) => put(field, kept[place][1]));
  note.hidden = false;
  note.querySelector("button").addEventListener("click", () => {
    sessionStorage.removeItem(key);
    fields().forEach((field, place) => put(field, before[place][1]));
    note.hidden = true;
    form.querySelector("textarea").focus();
  });
}

function keep() {
  try {
    sessionStorage.setItem(key, JSON.stringify(all()));
  } catch {
    // Storage is full or forbidden: the form is what it would be without this module.
  }
}

function forget() {
  for (const name of Object.keys(sessionStorage)) if (name.startsWith(PREFIX)) sessionStorage.removeItem(name);
}

function begin() {
  const kept = JSON.parse(sessionStorage.getItem(key) ?? "null");
  if (kept && differs(kept)) restore(kept, all());
  form.addEventListener("input", keep);
  form.addEventListener("submit", () => {
    keep();
    sessionStorage.setItem(SENT, key);
  });
}

// The page after a form was sent: another one than the form's own, and no refusal, means that it was taken. So does a
// message on the form's own page, unless it is a refusal.
const sent = sessionStorage.getItem(SENT);
if (sent) {
  sessionStorage.removeItem(SENT);
  const isTaken = sent !== key || document.querySelector(".flash:not(.alert-danger)");
  if (isTaken && !document.querySelector("[data-refused]")) sessionStorage.removeItem(sent);
}
if (form) begin();
for (const out of document.querySelectorAll("form[data-forget]")) out.addEventListener("submit", forget);

// Compiles static/scss/app.scss to static/build/coalition.css and turns Bootstrap's
// physical properties into logical ones, so that one file serves both directions.
// Fails above the budget: the style sheet is part of every cold load.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { compile } from "sass";

const BUDGET = 15_000; // bytes, brotli

const logical = [
  [/(margin|padding)-left:/g, "$1-inline-start:"],
  [/(margin|padding)-right:/g, "$1-inline-end:"],
  [/border-left(-width|-color|-style)?:/g, "border-inline-start$1:"],
  [/border-right(-width|-color|-style)?:/g, "border-inline-end$1:"],
  [/border-top-left-radius:/g, "border-start-start-radius:"],
  [/border-top-right-radius:/g, "border-start-end-radius:"],
  [/border-bottom-left-radius:/g, "border-end-start-radius:"],
  [/border-bottom-right-radius:/g, "border-end-end-radius:"],
  [/([;{])left:/g, "$1inset-inline-start:"],
  [/([;{])right:/g, "$1inset-inline-end:"],
  [/text-align:left/g, "text-align:start"],
  [/text-align:right/g, "text-align:end"],
  [/float:left/g, "float:inline-start"],
  [/float:right/g, "float:inline-end"],
];

// What no page of ours has, out of the parts of Bootstrap that we do use: a selector that names one is left out.
const unused =
  /\.(btn-(check|link|lg|sm|outline-primary)|col-form-label|form-control-|form-select-|form-switch|form-check-reverse|form-floating|input-group|table-(active|bordered|borderless|group-divider|hover|responsive|sm|striped)|caption-top|visually-hidden-focusable|is-valid|valid-|was-validated|invalid-tooltip)/;

/** The parts of a selector list, which commas within brackets do not divide. */
function selectors(list) {
  const parts = [""];
  let depth = 0;
  for (const sign of list) {
    depth += { "(": 1, ")": -1 }[sign] ?? 0;
    if (sign === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += sign;
  }
  return parts;
}

/** The same rules without those selectors. What stands in `:not()` may be unused. */
function withoutUnused(css) {
  const rules = css.replace(/([^{}]+)(\{[^{}]*\})/g, (rule, list, body) => {
    const kept = selectors(list).filter((one) => !unused.test(one.replace(/:not\((?:[^()]|\([^()]*\))*\)/g, "")));
    return kept.length ? kept.join() + body : "";
  });
  return rules.replace(/@media[^{}]*\{\}/g, "");
}

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { css } = compile(join(root, "static/scss/app.scss"), {
  style: "compressed",
  loadPaths: [join(root, "node_modules")],
  quietDeps: true,
  silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
});
const out = logical.reduce((text, [from, to]) => text.replace(from, to), withoutUnused(css));
mkdirSync(join(root, "static/build"), { recursive: true });
writeFileSync(join(root, "static/build/coalition.css"), out);

const kB = (n) => `${(n / 1000).toFixed(1)} kB`;
const brotli = brotliCompressSync(out).length;
console.log(`coalition.css: raw ${kB(Buffer.byteLength(out))}, gzip ${kB(gzipSync(out, { level: 9 }).length)}, brotli ${kB(brotli)}`);
if (brotli > BUDGET) {
  console.error(`The style sheet is over its budget of ${kB(BUDGET)} (brotli). Leave out a Bootstrap part or a rule.`);
  process.exit(1);
}
if (/url\(\s*["']?(data|https?):/.test(out)) {
  console.error("The style sheet names a data: or foreign address; the content security policy would refuse it.");
  process.exit(1);
}

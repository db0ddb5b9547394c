// Builds services/gateway/web/static from services/gateway/web/assets.
// Node is needed at development time only: what this writes is committed.
import { copyFile, mkdir } from "node:fs/promises";
import { build } from "esbuild";

const web = "services/gateway/web";
const font = "node_modules/@fontsource-variable/instrument-sans";

const shared = { bundle: true, minify: true, legalComments: "none", logLevel: "warning", charset: "utf8" };

await build({
  ...shared,
  entryPoints: [`${web}/assets/css/main.css`],
  outfile: `${web}/static/cairn.css`,
  external: ["/static/*"],
  target: ["chrome120", "firefox121", "safari17.2"],
});

// htmx and its event-stream extension must be one file: as separate deferred files the stream
// sometimes never connects.
await build({
  ...shared,
  entryPoints: [`${web}/assets/js/main.js`],
  outfile: `${web}/static/cairn.js`,
  format: "iife",
  target: ["es2022"],
});

await mkdir(`${web}/static/fonts`, { recursive: true });
for (const range of ["latin", "latin-ext"]) {
  // "standard" carries the weight and width axes together.
  await copyFile(`${font}/files/instrument-sans-${range}-standard-normal.woff2`, `${web}/static/fonts/instrument-sans-${range}.woff2`);
}
await copyFile(`${font}/LICENSE`, `${web}/static/fonts/OFL.txt`);

// The accessibility checker that the browser tests load; it keeps its own licence (MPL 2.0).
await copyFile("node_modules/axe-core/axe.min.js", "tests/e2e/axe.min.js");
await copyFile("node_modules/axe-core/LICENSE", "tests/e2e/axe.LICENSE.txt");

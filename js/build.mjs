// Bundle the log view into the Python package, with the licences of what the bundle holds.

import { build } from "esbuild";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const bundle = here("../modelarts_magics/notebook/static/log_view.js");

const { metafile } = await build({
  absWorkingDir: here("."),
  entryPoints: [
    { in: "src/index.js", out: "log_view" },
    { in: "src/loader.js", out: "log_loader" },
    { in: "src/charts/index.js", out: "charts" },
    { in: "src/watch.js", out: "watch" },
  ],
  outdir: dirname(bundle),
  bundle: true,
  format: "esm",
  target: ["es2022"],
  minify: true,
  legalComments: "inline",
  loader: { ".css": "text" },
  logLevel: "warning",
  metafile: true,
});

const packages = new Set(
  Object.keys(metafile.inputs)
    .map((path) => path.match(/^node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0])
    .filter(Boolean),
);
const notices = await Promise.all([...packages].sort().map(notice));
await writeFile(join(dirname(bundle), "log_view.LICENSES.txt"), notices.join("\n"));

async function notice(path) {
  const folder = here(path);
  const { name, version } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  if (!file) throw new Error(`${name} has no licence file`);
  return `${name} ${version}\n\n${await readFile(join(folder, file), "utf8")}`;
}

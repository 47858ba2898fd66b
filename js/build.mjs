// Bundle the log view into the Python package.

import { build } from "esbuild";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

await build({
  entryPoints: [here("src/index.js")],
  outfile: here("../modelarts_magics/notebook/static/log_view.js"),
  bundle: true,
  format: "esm",
  target: ["es2022"],
  minify: true,
  legalComments: "inline",
  loader: { ".css": "text" },
  logLevel: "warning",
});

// node png.js FILE.svg ... : writes FILE.png beside each, with DejaVu Sans Mono.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Resvg } from "@resvg/resvg-js";

const fonts = join(dirname(createRequire(import.meta.url).resolve("dejavu-fonts-ttf/package.json")), "ttf");
const fontFiles = ["DejaVuSansMono.ttf", "DejaVuSansMono-Bold.ttf", "DejaVuSansMono-Oblique.ttf"].map((name) => join(fonts, name));

for (const file of process.argv.slice(2)) {
  const picture = new Resvg(readFileSync(file, "utf8"), {
    fitTo: { mode: "zoom", value: 1 },
    font: { fontFiles, loadSystemFonts: false, defaultFontFamily: "DejaVu Sans Mono", monospaceFamily: "DejaVu Sans Mono" },
  });
  writeFileSync(file.replace(/\.svg$/, ".png"), picture.render().asPng());
}

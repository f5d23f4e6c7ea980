// Milliseconds of drawing a code from a latent flow, the 95th percentile: node drawing.mjs BLOCK TIMES ASKED
import { readFileSync } from "node:fs";

const home = new URL("../aeview/browser/", import.meta.url);
const { unpack } = await import(new URL("payload/pack.js", home));
const { Flow } = await import(new URL("net/flow.js", home));
const { normal } = await import(new URL("net/noise.js", home));

const [block, times, asked] = process.argv.slice(2);
const flow = new Flow(unpack(readFileSync(block)), JSON.parse(asked));
const took = [];
for (let i = 0; i < Number(times) + 10; i++) {
  const start = performance.now();
  flow.place(normal(0, "codes", i, flow.d), 0.5, 1);
  if (i >= 10) took.push(performance.now() - start); // the first ones are compiled
}
took.sort((a, b) => a - b);
process.stdout.write(String(took[Math.floor(0.95 * took.length)]));

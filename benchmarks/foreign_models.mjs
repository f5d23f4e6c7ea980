// What the browser decodes of codes, and how long one takes: node foreign_models.mjs BLOCK < codes as JSON.
import { readFileSync } from "node:fs";

const home = new URL("../aeview/browser/", import.meta.url);
const { unpack } = await import(new URL("payload/pack.js", home));
const { decoder } = await import(new URL("net/net.js", home));

const { header, arrays } = unpack(readFileSync(process.argv[2]));
const net = decoder(header.network, arrays);
const taken = [];
const images = JSON.parse(readFileSync(0)).map((code) => {
  const start = performance.now();
  const made = net.run(Float32Array.from(code));
  taken.push(performance.now() - start);
  return Array.from(made);
});
taken.sort((a, b) => a - b);
process.stdout.write(JSON.stringify({ images, ms: taken[taken.length >> 1] }));

// The browser's verdict on pictures: node judge.mjs BLOCK < JSON. See test_parity.py.
import { readFileSync } from "node:fs";

const home = new URL("../../aeview/browser/", import.meta.url);
const { unpack } = await import(new URL("payload/pack.js", home));
const { Model } = await import(new URL("map/model.js", home));
const { judge } = await import(new URL("net/scores.js", home));

const model = new Model(unpack(readFileSync(process.argv[2])));
const { pictures, normal, limit } = JSON.parse(readFileSync(0));
const verdicts = pictures.map((picture) => {
  const { score, percentile, anomalous, near } = judge(model, Float32Array.from(picture, (v) => v / 255), normal, limit);
  return { score, percentile, anomalous, near };
});
process.stdout.write(JSON.stringify(verdicts));

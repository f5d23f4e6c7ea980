// What the browser says of codes: node explain.mjs BLOCK < codes as JSON. See test_parity.py.
import { readFileSync } from "node:fs";

const home = new URL("../../aeview/browser/", import.meta.url);
const { unpack } = await import(new URL("payload/pack.js", home));
const { Model } = await import(new URL("map/model.js", home));
const { explain } = await import(new URL("net/position.js", home));
const { localDirections } = await import(new URL("net/directions.js", home));

const model = new Model(unpack(readFileSync(process.argv[2])));
const positions = JSON.parse(readFileSync(0)).map((numbers) => {
  const code = Float32Array.from(numbers);
  const found = explain(model, code);
  const { posterior } = found;
  const drawn = posterior && { ...posterior, draws: Array.from({ length: posterior.n }, (_, i) => posterior.draw(i)) };
  return { ...found, posterior: drawn, directions: localDirections(model, code) };
});
const plain = (_, value) => (ArrayBuffer.isView(value) ? Array.from(value) : value);
process.stdout.write(JSON.stringify(positions, plain));

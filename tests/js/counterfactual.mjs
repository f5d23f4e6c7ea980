// What the browser's classifier sees, and the counterfactuals it finds: node counterfactual.mjs ATLAS,CLASSIFIER < JSON.
// See test_parity.py.
import { readFileSync } from "node:fs";

const home = new URL("../../aeview/browser/", import.meta.url);
const { unpack } = await import(new URL("payload/pack.js", home));
const { Model } = await import(new URL("map/model.js", home));
const { Classifier } = await import(new URL("net/classifier.js", home));
const { find } = await import(new URL("net/counterfactual.js", home));

const [atlas, block] = process.argv[2].split(",").map((file) => unpack(readFileSync(file)));
const classifier = new Classifier(new Model(atlas), block);
const { codes, labels } = JSON.parse(readFileSync(0));
const told = codes.map((given, i) => {
  const code = Float32Array.from(given);
  const answer = Array.from(classifier.answer(code));
  const { odds, slope } = classifier.slope(code, labels[i]);
  const begun = performance.now();
  const found = find(classifier, code, labels[i]);
  return { answer, odds, slope: Array.from(slope), found, ms: performance.now() - begun };
});
const plain = (_, value) => (ArrayBuffer.isView(value) ? Array.from(value) : value);
process.stdout.write(JSON.stringify(told, plain));

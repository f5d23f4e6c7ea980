// Codes that the browser draws from a latent flow: node flow.mjs BLOCK < what is asked as JSON. See test_parity.py.
import { readFileSync } from "node:fs";

const home = new URL("../../aeview/browser/", import.meta.url);
const { unpack } = await import(new URL("payload/pack.js", home));
const { Flow } = await import(new URL("net/flow.js", home));

const { asked, normals, shares, temperature } = JSON.parse(readFileSync(0));
const flow = new Flow(unpack(readFileSync(process.argv[2])), asked);
const codes = normals.map((noise, i) => Array.from(flow.place(noise, shares[i], temperature)));
const ends = codes.map((code) => flow.standard(code));
const back = ends.map((end, i) => Array.from(flow.back(end, flow.label(shares[i]))));
process.stdout.write(JSON.stringify({ codes, back }));

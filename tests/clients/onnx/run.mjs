// node run.mjs GRAPH INPUTS: a file of JSON, { name: { dims, type, data } }. Writes the outputs likewise, on one line.
import { readFileSync } from 'node:fs';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const arrays = { float32: Float32Array, int64: BigInt64Array };
const session = await InferenceSession.create(process.argv[2], { executionProviders: ['cpu'] });
const inputs = {};
for (const [name, { dims, type, data }] of Object.entries(JSON.parse(readFileSync(process.argv[3], 'utf8')))) {
  inputs[name] = new Tensor(type, arrays[type].from(type === 'int64' ? data.map(BigInt) : data), dims);
}
const outputs = {};
for (const [name, { dims, data }] of Object.entries(await session.run(inputs))) {
  outputs[name] = { dims, data: Array.from(data) };
}
console.log(JSON.stringify(outputs));

// Jest runs tests in a VM context whose typed arrays differ from those that native addons (TensorFlow, llama.cpp)
// return, so `instanceof Float32Array` fails inside libraries. Share the outer realm's constructors.
const { TestEnvironment } = require('jest-environment-node');

// Inside the tests `process.env` is a copy, which native code doesn't see: TensorFlow would log what it logs by default.
process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';

const shared = [
  'Float32Array',
  'Float64Array',
  'Int8Array',
  'Int16Array',
  'Int32Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Uint16Array',
  'Uint32Array',
  'BigInt64Array',
  'BigUint64Array',
  'ArrayBuffer',
  'DataView',
  'Error',
  'RangeError',
  'TypeError',
];

module.exports = class NodeEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    for (const name of shared) this.global[name] = globalThis[name];
  }
};

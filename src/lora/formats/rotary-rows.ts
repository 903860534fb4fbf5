// Row order of Wq and Wk. Hugging Face rotates the pairs (i, i + h / 2) of a head; llama.cpp's `llama` architecture rotates
// neighbours and therefore stores the rows interleaved. A LoRA's B has the rows of its W, so they move with it.
import type { LlamaConfig } from '../model/config.js';
import type { Target } from '../model/lora.js';

/** True where the GGUF's rows of this layer differ from Hugging Face's. */
export function rowsDiffer(config: LlamaConfig, target: Target): boolean {
  return config.ropePairing === 'neighbours' && (target === 'attn_q' || target === 'attn_k');
}

/** Rows (head, i, half) of a GGUF to (head, half, i) of Hugging Face. `rows` is (heads · h, columns), row-major. */
export function toHalves(rows: Float32Array, columns: number, headWidth: number): Float32Array {
  return reorder(rows, columns, headWidth, (row) => (row % 2) * (headWidth / 2) + Math.floor(row / 2));
}

/** The inverse of `toHalves`. */
export function toNeighbours(rows: Float32Array, columns: number, headWidth: number): Float32Array {
  const half = headWidth / 2;
  return reorder(rows, columns, headWidth, (row) => (row % half) * 2 + Math.floor(row / half));
}

/** Moves row r of each head to row `to(r)`. */
function reorder(rows: Float32Array, columns: number, headWidth: number, to: (row: number) => number): Float32Array {
  const moved = new Float32Array(rows.length);
  for (let row = 0; row * columns < rows.length; row++) {
    const within = row % headWidth;
    const target = row - within + to(within);
    moved.set(rows.subarray(row * columns, (row + 1) * columns), target * columns);
  }
  return moved;
}

// The entry of the process. CommonJS, because libuv takes the size of its thread pool from the environment at its first use, and
// the loader of ES modules uses it before any line of one runs.
// A decode of llama.cpp holds a thread of the pool. With the default of four, and a decode for each of four chats, every read of a
// file waits for decodes: a promotion that looks at its adapter's bytes took a second more beside four chats.
import { availableParallelism } from 'node:os';

/** Decodes at once beside which reads of files still find a thread: two contexts a core, see `src/inference/llama-cpp-engine.ts`. */
const DECODES_MAX = 2 * availableParallelism();
const FILE_THREADS = 4;
/** libuv's own bound. */
const POOL_THREADS_MAX = 1024;

process.env.UV_THREADPOOL_SIZE ??= String(Math.min(DECODES_MAX + FILE_THREADS, POOL_THREADS_MAX));
void import('./main.js');

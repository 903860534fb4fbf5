// Which implementation of the operations runs.
import { fused } from './fused.js';
import type { Operations } from './operations.js';
import { reference } from './reference.js';

/** The fastest that the backend in use has. */
export const operations = (): Operations => fused() ?? reference;

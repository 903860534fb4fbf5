// The migrations in the order they run. A list, not a folder scan: what runs is what was reviewed and compiled.
import { Initial1700000000000 } from './1700000000000-initial.js';

export const migrations = [Initial1700000000000];

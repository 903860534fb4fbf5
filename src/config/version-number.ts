// A version's number as clients write it. Versions count from 1; of adapter versions 0 is the base model.
import { z } from 'zod';

/** Postgres' `integer`, which they are kept as. */
const VERSION_MAX = 2 ** 31 - 1;

/** In a body. */
export const versionSchema = z.int().min(0).max(VERSION_MAX);
/** In an address or a query, where it is text. */
export const versionTextSchema = z.coerce.number().int().min(0).max(VERSION_MAX);

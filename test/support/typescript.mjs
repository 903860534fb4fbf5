// `node --import ./test/support/typescript.mjs file.ts`: runs our TypeScript as it stands, for tests that need a process of their own.
import { register } from 'node:module';

register('./typescript-hooks.mjs', import.meta.url);

/**
 * Flags of V8 that keep Postgres in baseline code. The optimizing compiler takes 600 MB for a single function of PGlite
 * (105 kB of WebAssembly), seconds after a start and for two seconds of a core: more than the small computers of a
 * building have to spare. Measured with Node 24: the hub's peak 214 instead of 780 MB, at rest 211 instead of 270 MB,
 * `npm run bench` no slower; a sum over a whole table takes 1.7 times as long.
 *
 * The last two follow from the first on a command line, yet not in a process that runs already.
 */
export const BASELINE_CODE = ['--liftoff-only', '--no-wasm-tier-up', '--no-wasm-dynamic-tiering'] as const;

import { setFlagsFromString } from 'node:v8';

/** Longer than any run: ten hours. */
const NEVER_MS = 36_000_000;

/**
 * Keeps V8 from collecting all garbage of a process that has little to do. Eight seconds after the last such collection its memory reducer
 * makes up to three more, to give memory back: tens of milliseconds each, with threads on all cores. In the processes of a run at a light load
 * that falls into the seconds that are measured, and on a small machine the others wait meanwhile. Garbage is still collected where memory
 * is needed. Call it first: what is planned already is carried out.
 */
export function withoutIdleCollections(): void {
  setFlagsFromString(`--gc-memory-reducer-start-delay-ms=${NEVER_MS}`);
}

import type { Reporter, Write } from '../reporter.ts';

export interface JsonProgressOptions {
  readonly write: Write;
  /** Wall-clock time in milliseconds since 1970. */
  readonly wallMs: () => number;
}

/** Progress for programs: one JSON object a line, each event with its time in ISO 8601. */
export function jsonProgress({ write, wallMs }: JsonProgressOptions): Reporter {
  return {
    name: 'progress',
    onProgress: (event) => {
      write(`${JSON.stringify({ time: new Date(wallMs()).toISOString(), ...event })}\n`);
    },
  };
}

import type { RunRecord } from '../record/schema.ts';
import type { ProgressEvent } from '../result/progress.ts';

/** Where a reporter writes to: text, never with an implied line end. */
export type Write = (text: string) => void;

/**
 * Something that shows a run: a live display, a file, a result on stdout. Every method is optional. A method that
 * throws is switched off by the multiplexer and does not disturb the others.
 */
export interface Reporter {
  /** Short, for messages: `terminal`, `junit`. */
  readonly name: string;
  /** Whether results go to stdout, which must then belong to this reporter alone. */
  readonly printsToStdout?: boolean;
  /** The run goes on. Called in the order of the events; must not block. */
  onProgress?(event: ProgressEvent): void;
  /** The run is over, its record judged and written. */
  onRecord?(record: RunRecord): void | Promise<void>;
  /** Always the last call, also after a failed run: give the terminal back, close files. */
  onEnd?(): void | Promise<void>;
}

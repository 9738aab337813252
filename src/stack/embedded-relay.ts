import { type ReadyProgram, startReadyProgram } from './ready-program.ts';

/** A reference relay that runs as a process of its own. */
export type EmbeddedRelay = ReadyProgram;

export interface EmbeddedRelayOptions {
  /** Flags of the relay program, for example `['--no-verify']`. */
  readonly args?: readonly string[];
  /** Told what the relay writes to its log once it is ready; default nobody. */
  readonly onLog?: (text: string) => void;
}

/**
 * Starts the reference relay as a process of its own, so that it shares no event loop with the load. It ends
 * by itself when this process does.
 * @throws RelayBenchError `EMBEDDED_RELAY_FAILED` (exit code 3) with what the relay said
 */
export async function startEmbeddedRelay(options: EmbeddedRelayOptions = {}): Promise<EmbeddedRelay> {
  return startReadyProgram({
    name: 'the embedded relay',
    program: '../relay/main.js',
    args: options.args ?? [],
    onLog: options.onLog,
    failure: {
      code: 'EMBEDDED_RELAY_FAILED',
      hint: 'start it alone with `relay-bench relay` to see why',
    },
  });
}

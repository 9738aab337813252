import { fileURLToPath } from 'node:url';
import { type StartedProcess, startProcess } from './process.ts';

/** The line with which the relay program says that it accepts connections. */
export interface RelayReady {
  readonly ready: true;
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Where the metrics are served. */
  readonly metrics: string;
  /** Where a thread of its own says whether the process lives; only with `--liveness-port`. */
  readonly liveness?: string;
}

/** The built relay program, running. */
export interface BuiltRelay extends StartedProcess<RelayReady> {
  readonly url: string;
  /** `http://host:port/metrics`. */
  readonly metricsUrl: string;
}

/** Starts `dist/relay/main.js` with the given flags on a free port. */
export async function startBuiltRelay(args: readonly string[] = []): Promise<BuiltRelay> {
  const program = fileURLToPath(new URL('../../dist/relay/main.js', import.meta.url));
  const started = await startProcess<RelayReady>([program, '--metrics-port', '0', ...args]);
  const { url, metrics } = started.ready;
  return { ...started, url, metricsUrl: metrics };
}

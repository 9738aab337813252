import { fileURLToPath } from 'node:url';
import { startProcess } from './process.ts';
import type { RelayScript } from './scripted-relay/script.ts';
import type { RelayStats } from './scripted-relay/stats.ts';

const MAIN = fileURLToPath(new URL('./scripted-relay-main.mjs', import.meta.url));

/** A scripted relay in its own process. */
export interface StartedScriptedRelay {
  readonly url: string;
  readonly pid: number;
  /** What it has seen so far. */
  stats(): Promise<RelayStats>;
  stop(): Promise<void>;
}

/** Start a relay that behaves as `script` says, in a process of its own; the caller stops it. */
export async function startScriptedRelay(script: RelayScript): Promise<StartedScriptedRelay> {
  const { ready, pid, stop } = await startProcess<{ url: string; port: number }>([
    MAIN,
    JSON.stringify(script),
  ]);
  return {
    url: ready.url,
    pid,
    stop,
    stats: async () => {
      const response = await fetch(`http://127.0.0.1:${ready.port}/stats`);
      return (await response.json()) as RelayStats;
    },
  };
}

/** Start a scripted relay, hand it to `use`, and stop it also when that fails. */
export async function withScriptedRelay<T>(
  script: RelayScript,
  use: (relay: StartedScriptedRelay) => Promise<T>,
): Promise<T> {
  const relay = await startScriptedRelay(script);
  try {
    return await use(relay);
  } finally {
    await relay.stop();
  }
}

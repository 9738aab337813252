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
  /** Ids of the events that it got, in their order. */
  eventIds(): Promise<readonly string[]>;
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
    stats: async () => (await documentOf(ready.port, 'stats')) as RelayStats,
    eventIds: async () => (await documentOf(ready.port, 'ids')) as readonly string[],
  };
}

async function documentOf(port: number, name: string): Promise<unknown> {
  return (await fetch(`http://127.0.0.1:${port}/${name}`)).json();
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

import { readFileSync } from 'node:fs';
import { env } from 'node:process';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { messageOf, RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';
import { withoutIdleCollections } from '../base/idle-collections.ts';
import { parseRelayOptions, type RelayOptions } from './options.ts';
import { type RunningRelay, startRelay } from './relay.ts';

/** A second signal, or a stop that takes longer, ends the process at once. */
const STOP_DEADLINE_MS = 4_500;

/**
 * How far the heap may grow beyond what is in use before garbage is collected. By itself V8 lets a small heap become four
 * times as large, so that what an attack leaves behind in a second counts for more than all that clients keep.
 */
const HEAP_GROWING_PERCENT = 60;
/** A heap with more in use is full of events: it grows as V8 has it (0 percent), which costs less. */
const SMALL_HEAP_BYTES = 192 * 2 ** 20;
const HEAP_LOOK_MS = 1_000;

function boundHeapGrowth(): void {
  let current: number | null = null;
  const look = (): void => {
    const percent = getHeapStatistics().used_heap_size < SMALL_HEAP_BYTES ? HEAP_GROWING_PERCENT : 0;
    if (percent !== current) setFlagsFromString(`--heap-growing-percent=${percent}`);
    current = percent;
  };
  look();
  setInterval(look, HEAP_LOOK_MS).unref();
}

function log(text: string): void {
  process.stderr.write(`relay: ${text}\n`);
}

function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return String((JSON.parse(text) as { version: unknown }).version);
}

function fail(error: unknown): never {
  log(
    error instanceof RelayBenchError && error.hint !== undefined
      ? `${error.message}; ${error.hint}`
      : messageOf(error),
  );
  process.exit(error instanceof RelayBenchError ? error.exitCode : EXIT.unreachable);
}

/** Stops the relay once, on a signal or when the parent has gone. */
function stopOnce(relay: RunningRelay): (reason: string) => void {
  let isStopping = false;
  return (reason) => {
    if (isStopping) process.exit(EXIT.internal);
    isStopping = true;
    log(`stopping: ${reason}`);
    setTimeout(() => process.exit(EXIT.internal), STOP_DEADLINE_MS).unref();
    relay.stop().then(() => process.exit(EXIT.ok), fail);
  };
}

function watchForStop(relay: RunningRelay, options: RelayOptions): void {
  const stop = stopOnce(relay);
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  if (!options.exitWithParent) return;
  process.stdin.on('end', () => stop('the parent process has gone'));
  process.stdin.on('error', () => stop('the parent process has gone'));
  process.stdin.resume();
}

async function main(): Promise<void> {
  boundHeapGrowth();
  const options = parseRelayOptions(process.argv.slice(2), env);
  // It has been started for a run, which may load it lightly.
  if (options.exitWithParent) withoutIdleCollections();
  const relay = await startRelay(options, {
    version: packageVersion(),
    nowSeconds: () => Math.floor(Date.now() / 1_000),
    log,
    onError: (error) => log(`error: ${messageOf(error)}`),
    onFatal: fail,
  });
  watchForStop(relay, options);
  const ready = {
    ...{ ready: true, url: relay.url, port: relay.port, pid: process.pid },
    ...(relay.metricsUrl === null ? {} : { metrics: relay.metricsUrl }),
    ...(relay.verifier === null ? {} : { verifier: relay.verifier }),
    ...(relay.livenessUrl === null ? {} : { liveness: relay.livenessUrl }),
  };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
}

main().catch(fail);

import type { CommandHost } from '../host.ts';
import { exitCodeOf, watchInterruption } from '../interruption.ts';
import { createProgressLine, type ProgressLine } from './progress-line.ts';

export interface InterruptibleWork<T> {
  /** What goes on, for example `generating`. */
  readonly what: string;
  /** What `update` counts to; 0 where nobody knows. */
  readonly total: number;
  readonly run: (progress: ProgressLine, signal: AbortSignal) => Promise<T>;
}

/**
 * Does something long with a display of its progress, which a signal ends in an orderly way.
 * @returns null where it was interrupted; the exit code is set then
 */
export async function runInterruptibly<T>(host: CommandHost, work: InterruptibleWork<T>): Promise<T | null> {
  const { io } = host;
  const progress = createProgressLine({ io, what: work.what, total: work.total });
  let running: Promise<T> | null = null;
  const interruption = watchInterruption({
    io,
    onFirst: () => undefined,
    // The orderly end removes what is not whole; it takes a moment.
    onHardStop: async () => {
      await running;
    },
  });
  try {
    running = work.run(progress, interruption.signal);
    return await running;
  } catch (error) {
    const signal = interruption.received();
    if (signal === null) throw error;
    progress.end();
    io.stderr.write(`${signal}: stopped ${work.what}, nothing is kept\n`);
    host.finish(exitCodeOf(signal));
    return null;
  } finally {
    progress.end();
    interruption.dispose();
  }
}

import { EXIT, type ExitCode } from '../base/exit-codes.ts';
import type { Io, StopSignal } from './io.ts';

/** Watches for SIGINT and SIGTERM while a command runs. */
export interface Interruption {
  /** Aborted by the first signal; its reason is the name of that signal. */
  readonly signal: AbortSignal;
  /** The first signal that came, or null. */
  received(): StopSignal | null;
  /** Stops watching. */
  dispose(): void;
}

export interface InterruptionOptions {
  readonly io: Pick<Io, 'onSignal' | 'exit'>;
  /** Called once, on the first signal. */
  readonly onFirst: (signal: StopSignal) => void;
  /** Releases what must not outlive this process; awaited, but not for long, before a second signal ends it. */
  readonly onHardStop: () => Promise<void>;
}

/** A clean-up that hangs must not keep a user from leaving. */
const HARD_STOP_MS = 2_000;

/** The exit code that a signal asks for. */
export function exitCodeOf(signal: StopSignal): ExitCode {
  return signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
}

/**
 * The first signal asks for an orderly end, the second one ends the process, after `onHardStop`. Further signals
 * change nothing.
 */
export function watchInterruption({ io, onFirst, onHardStop }: InterruptionOptions): Interruption {
  const controller = new AbortController();
  let first: StopSignal | null = null;
  let leaving = false;
  const leave = async (signal: StopSignal): Promise<void> => {
    leaving = true;
    const deadline = new Promise((resolve) => setTimeout(resolve, HARD_STOP_MS).unref());
    await Promise.race([Promise.allSettled([onHardStop()]), deadline]);
    io.exit(exitCodeOf(signal));
  };
  const dispose = io.onSignal((signal) => {
    if (first === null) {
      first = signal;
      onFirst(signal);
      controller.abort(signal);
    } else if (!leaving) {
      void leave(signal);
    }
  });
  return { signal: controller.signal, received: () => first, dispose };
}

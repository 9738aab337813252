import { EXIT, type ExitCode } from '../base/exit-codes.ts';
import type { Io, StopSignal } from './io.ts';

/** Watches for SIGINT, SIGTERM and SIGHUP while a command runs. */
export interface Interruption {
  /** Aborted by the first signal; its reason is `SIGINT` or, for the other two, `SIGTERM`: that is how the run ended. */
  readonly signal: AbortSignal;
  /** The first signal that came, or null. */
  received(): StopSignal | null;
  /**
   * Stops watching, unless a signal came: then the process is about to end with the code of that signal, and one more
   * must not end it as if nobody had listened, without its code.
   */
  dispose(): void;
}

export interface InterruptionOptions {
  /** Monotonic milliseconds; default the clock of this process. */
  readonly nowMs?: () => number;
  readonly io: Pick<Io, 'onSignal' | 'exit'>;
  /** Called once, on the first signal. */
  readonly onFirst: (signal: StopSignal) => void;
  /** Releases what must not outlive this process; awaited, but not for long, before a second signal ends it. */
  readonly onHardStop: () => Promise<void>;
}

/** A clean-up that hangs must not keep a user from leaving. */
const HARD_STOP_MS = 2_000;

/**
 * One request to stop may come as several signals: `timeout` signals its child and then the whole group, npx passes on
 * what the terminal has sent already, systemd sends SIGHUP after SIGTERM. What follows so soon is the same request.
 */
const SAME_REQUEST_MS = 500;

/** The exit code that a signal asks for; SIGHUP is another word for SIGTERM. */
export function exitCodeOf(signal: StopSignal): ExitCode {
  return signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
}

/**
 * The first signal asks for an orderly end, a second one, more than half a second later, ends the process, after
 * `onHardStop`. Further signals change nothing.
 */
export function watchInterruption(options: InterruptionOptions): Interruption {
  const { io, onFirst, onHardStop, nowMs = () => performance.now() } = options;
  const controller = new AbortController();
  let firstMs = 0;
  let first: StopSignal | null = null;
  let leaving = false;
  const leave = async (signal: StopSignal): Promise<void> => {
    leaving = true;
    const deadline = new Promise((resolve) => setTimeout(resolve, HARD_STOP_MS).unref());
    await Promise.race([Promise.allSettled([onHardStop()]), deadline]);
    io.exit(exitCodeOf(signal));
  };
  const stopListening = io.onSignal((signal) => {
    if (first === null) {
      first = signal;
      firstMs = nowMs();
      onFirst(signal);
      controller.abort(signal === 'SIGINT' ? 'SIGINT' : 'SIGTERM');
    } else if (!leaving && nowMs() - firstMs > SAME_REQUEST_MS) {
      void leave(signal);
    }
  });
  const dispose = (): void => {
    if (first === null) stopListening();
  };
  return { signal: controller.signal, received: () => first, dispose };
}

/** A stream of text that results or diagnostics are written to. */
export interface TextStream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
}

/** Signals that end a command in an orderly way: Ctrl-C, a service manager or CI, a terminal that was closed. */
export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** What `main` needs of Node's `process`; tests pass an object of their own. */
export interface ProcessLike {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: AsyncIterable<Uint8Array | string>;
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  on(event: StopSignal | 'exit', listener: () => void): unknown;
  on(event: 'uncaughtException', listener: (error: Error) => void): unknown;
  off(event: StopSignal | 'exit', listener: () => void): unknown;
  off(event: 'uncaughtException', listener: (error: Error) => void): unknown;
  exit(code: number): unknown;
}

/** The outside world as every command sees it; no command touches `process` or `console` itself. */
export interface Io {
  /** Arguments after the program's name. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  /** What is piped in; opened by the first call, since an open stdin keeps a process alive. */
  stdin(): AsyncIterable<Uint8Array>;
  /** Why results did not reach stdout (a full disk), null where nothing is known to be lost. */
  lostOutput(): NodeJS.ErrnoException | null;
  /** Calls `listener` on each SIGINT, SIGTERM and SIGHUP until the returned function is called. */
  onSignal(listener: (signal: StopSignal) => void): () => void;
  /** Calls `listener` when the process ends, however it ends, until the returned function is called. */
  onExit(listener: () => void): () => void;
  /** Calls `listener` with what is thrown and caught by nobody, until the returned function is called. */
  onCrash(listener: (error: unknown) => void): () => void;
  /** Ends the process at once; only for a second signal. */
  exit(code: number): void;
}

const STOP_SIGNALS: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** The reader has left (`| head`), or the terminal was closed: nobody is there who could miss anything. */
const NOBODY_READS = new Set(['EPIPE', 'EIO', 'ECONNRESET']);

/**
 * Wraps a process. A reader that closes its end of stdout or stderr early (`| head`) is not an error. What could not
 * be written to stdout for another reason is kept for `lostOutput`; diagnostics that get lost change no result.
 */
export function createIo(process: ProcessLike): Io {
  let lost: NodeJS.ErrnoException | null = null;
  process.stdout.on('error', (error) => {
    if (!NOBODY_READS.has(error.code ?? '')) lost ??= error;
  });
  process.stderr.on('error', () => undefined);
  return {
    args: process.argv.slice(2),
    env: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
    lostOutput: () => lost,
    stdin: () => bytesOf(process.stdin),
    onSignal: (listener) => {
      const removals = STOP_SIGNALS.map((signal) => {
        const handler = (): void => listener(signal);
        process.on(signal, handler);
        return () => process.off(signal, handler);
      });
      return () => {
        for (const remove of removals) remove();
      };
    },
    onExit: (listener) => {
      process.on('exit', listener);
      return () => process.off('exit', listener);
    },
    onCrash: (listener) => {
      process.on('uncaughtException', listener);
      return () => process.off('uncaughtException', listener);
    },
    exit: (code) => {
      process.exit(code);
    },
  };
}

async function* bytesOf(stream: AsyncIterable<Uint8Array | string>): AsyncGenerator<Uint8Array> {
  for await (const piece of stream) yield typeof piece === 'string' ? Buffer.from(piece) : piece;
}

/** Size of the terminal behind a stream; what is unknown (a pipe, a terminal that says 0) is 100 by 24. */
export function sizeOf(stream: TextStream): { readonly columns: number; readonly rows: number } {
  return { columns: stream.columns || 100, rows: stream.rows || 24 };
}

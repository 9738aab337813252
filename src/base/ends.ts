/** A process as far as its end is concerned; a `ChildProcess` of Node is one. */
interface StartedProcess {
  /** Undefined where it could not be started. */
  readonly pid?: number | undefined;
  once(event: 'exit', listener: (code: number | null, signal: string | null) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** A thread as far as its end is concerned; a `Worker` of Node is one. */
interface StartedThread {
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'exit', listener: (code: number) => void): unknown;
}

/**
 * Resolves when a process has ended, with what it ended by: `exit code 0`, `SIGKILL`, or why it could not be started. A process
 * that can't be started has an `error` and never an `exit`; other errors (a message that can't be sent, a signal that
 * can't be delivered) are not its end. Must be called in the turn in which it is started.
 */
export function endOfProcess(child: StartedProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    child.on('error', (error) => {
      if (child.pid === undefined) resolve(`it could not be started: ${error.message}`);
    });
  });
}

/**
 * Tells once when a thread has failed, or has ended although nobody asked it to: whoever waits for its answer waits in
 * vain then.
 * @returns ends the watch; to be called before the thread is terminated on purpose
 */
export function onThreadLoss(thread: StartedThread, lost: (error: Error) => void): () => void {
  let isWatched = true;
  const tell = (error: Error): void => {
    if (!isWatched) return;
    isWatched = false;
    lost(error);
  };
  thread.on('error', tell);
  thread.on('exit', (code) => tell(new Error(`a thread ended with code ${code}`)));
  return () => {
    isWatched = false;
  };
}

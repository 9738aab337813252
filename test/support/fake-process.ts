import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import type { ProcessLike, StopSignal } from '../../src/cli/io.ts';

/** A stream that keeps what is written to it. */
class FakeStream extends EventEmitter {
  text = '';
  isTTY = false;
  columns = 100;
  rows = 30;

  write(text: string): boolean {
    this.text += text;
    return true;
  }
}

/** A process for running the whole command line inside a test. */
export class FakeProcess extends EventEmitter implements ProcessLike {
  readonly argv: readonly string[];
  readonly env: Record<string, string | undefined>;
  /** What is piped in. */
  stdin: AsyncIterable<Uint8Array | string> = Readable.from([]);
  readonly stdout = new FakeStream();
  readonly stderr = new FakeStream();
  /** Codes that `exit` was called with; it does not end anything here. */
  readonly exits: number[] = [];

  constructor(args: readonly string[] = [], env: Record<string, string> = {}) {
    super();
    this.argv = ['node', 'relay-bench', ...args];
    this.env = env;
  }

  exit(code: number): void {
    this.exits.push(code);
  }

  /** What a terminal does on Ctrl-C, or an init system on stop. */
  kill(signal: StopSignal): void {
    this.emit(signal);
  }
}

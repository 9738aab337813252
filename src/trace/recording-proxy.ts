import { createServer, type Server, type Socket } from 'node:net';
import { monotonicNs, NS_PER_US } from '../base/clock.ts';
import { messageOf, RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';
import type { LatencySummary } from '../metric/summary.ts';
import { AddedLatency } from './added-latency.ts';
import type { Described } from './describe-message.ts';
import type { TraceStep } from './format.ts';
import { Session, type SessionOptions } from './session.ts';

export interface ProxyOptions extends SessionOptions {
  /** Port of 127.0.0.1; 0 takes a free one. */
  readonly port: number;
  readonly onStep: (step: TraceStep) => void;
}

/** A proxy that is listening. */
export interface RecordingProxy {
  readonly port: number;
  /** Connections that are open. */
  readonly open: number;
  /** Connections that the relay could not be reached for. */
  readonly unreached: number;
  /** Why the last of them. */
  readonly problem: string | null;
  /** What it adds to every piece of data, both ways. */
  addedLatency(): LatencySummary;
  /** Ends every connection and listens no longer. */
  close(): Promise<void>;
}

/**
 * Passes bytes between clients and a relay as they come, and tells what clients do.
 * @throws RelayBenchError `PORT_IN_USE` (exit 3)
 */
export async function startRecordingProxy(options: ProxyOptions): Promise<RecordingProxy> {
  const proxy = new TracingProxy(options);
  await proxy.listen();
  return proxy;
}

/** Data that is looked at when everything that came with it has been passed on. */
interface Seen {
  readonly session: Session;
  readonly from: 'client' | 'relay';
  readonly chunk: Buffer;
  readonly atUs: number;
}

class TracingProxy implements RecordingProxy {
  readonly #options: ProxyOptions;
  readonly #server: Server;
  readonly #added = new AddedLatency();
  readonly #sessions = new Set<Session>();
  readonly #startNs = monotonicNs();
  #seen: Seen[] = [];
  #numbers = 0;
  unreached = 0;
  problem: string | null = null;

  constructor(options: ProxyOptions) {
    this.#options = options;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#serve(client));
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  get open(): number {
    return this.#sessions.size;
  }

  addedLatency(): LatencySummary {
    return this.#added.summary();
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', (cause) => reject(notListening(this.#options.port, cause)));
      this.#server.listen(this.#options.port, '127.0.0.1', () => resolve());
    });
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const session of this.#sessions) session.destroy();
    await closed;
    this.#look();
  }

  #serve(client: Socket): void {
    const session = new Session(client, this.#options, {
      onUpgrade: () => this.#tell(session, { what: 'open' }),
      onPassing: () => {
        if (this.#added.arrived()) setImmediate(() => this.#endTurn());
      },
      onPassed: () => this.#added.passed(),
      onData: (chunk, from) => this.#seen.push({ session, from, chunk, atUs: this.#nowUs() }),
      onUnreached: (error) => {
        this.unreached++;
        this.problem = messageOf(error);
      },
      onEnd: () => {
        this.#sessions.delete(session);
        // What it has sent before comes before its end.
        this.#look();
        if (session.number !== null) this.#tell(session, { what: 'close', isAnswered: session.isAnswered });
      },
      onDescribed: (described, atUs) => this.#tell(session, described, atUs),
    });
    this.#sessions.add(session);
  }

  #nowUs(): number {
    return Math.round((monotonicNs() - this.#startNs) / NS_PER_US);
  }

  #endTurn(): void {
    this.#look();
    this.#added.turnEnded();
  }

  #look(): void {
    const seen = this.#seen;
    this.#seen = [];
    for (const { session, from, chunk, atUs } of seen) {
      if (from === 'client') session.look(chunk, atUs);
      else session.hear(chunk);
    }
  }

  #tell(session: Session, described: Described, atUs = this.#nowUs()): void {
    session.number ??= this.#numbers++;
    this.#options.onStep({ ...described, atUs, connection: session.number });
  }
}

function notListening(port: number, cause: Error): RelayBenchError {
  return new RelayBenchError(`nothing can listen on port ${port}: ${cause.message}`, {
    code: 'PORT_IN_USE',
    hint: 'name another port with --listen, or 0 for a free one',
    exitCode: EXIT.unreachable,
    cause,
  });
}

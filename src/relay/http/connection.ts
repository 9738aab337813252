import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { RawData } from 'ws';
import type { Backlogs } from '../fanout/backlogs.ts';
import type { FlushQueue } from '../fanout/flush-queue.ts';
import { Outbox } from '../fanout/outbox.ts';
import type { OutboxCompression } from '../fanout/outbox-options.ts';
import type { ConnectionBudget } from '../limits/budgets.ts';
import { Session } from '../protocol/session.ts';
import type { SessionParts } from '../protocol/session-parts.ts';
import { Sender } from '../verify/sender.ts';
import type { Lane } from '../work/lane.ts';
import type { Turns } from '../work/turns.ts';
import type { RelayWebSocket } from './relay-web-socket.ts';

/** Close codes (RFC 6455, 7.4.1). */
const CLOSE_GOING_AWAY = 1001;
const CLOSE_POLICY = 1008;
/** Who was told to go and does not is cut. */
const GOODBYE_MS = 2_000;
/** A client that has said nothing for so long has nothing more on its way, as far as anybody can know. */
const QUIET_MS = 20;
/** Messages of one client that may wait, and their bytes; with more it is not read from. */
const WAITING_MAX = 16;
const WAITING_BYTES_MAX = 64 * 1_024;
/** Bytes of the frame of a ping or pong from a client, besides what it carries (RFC 6455, 5.2). */
const CONTROL_FRAME_BYTES = 6;

/** What all connections share. */
export interface ConnectionShare extends SessionParts {
  readonly flushQueue: FlushQueue;
  readonly backlogs: Backlogs;
  readonly turns: Turns;
  /** For those that have negotiated it. */
  readonly compression: OutboxCompression;
}

/** One upgraded connection. */
export interface Upgraded {
  readonly webSocket: RelayWebSocket;
  readonly socket: Socket;
  readonly budget: ConnectionBudget;
  /** Of the client. */
  readonly address: string;
}

function bytesOf(data: RawData): number {
  return Buffer.isBuffer(data) ? data.length : 0;
}

/** Text of a message; `ws` has checked that it is UTF-8 and delivers one Buffer by default. */
function textOf(data: RawData): string {
  return Buffer.isBuffer(data) ? data.toString('utf8') : '';
}

/**
 * One WebSocket connection: feeds its session what it receives, in the turns of its client, and ends it. `ws` reads; messages
 * to the client are written by the outbox, which coalesces them.
 */
export class Connection {
  readonly #share: ConnectionShare;
  readonly #upgraded: Upgraded;
  readonly #outbox: Outbox;
  readonly #lane: Lane;
  readonly #sender: Sender;
  readonly #session: Session;
  /** Whether anything came since the last ping. */
  #isAlive = true;
  /** Bytes received up to the last whole message, and those of pings and pongs since. */
  #wholeBytes: number;
  /** Checks since the last whole message at which there was more than that. */
  #waitedChecks = 0;
  /** Messages that wait for their turn, and their bytes. */
  #waiting = 0;
  #waitingBytes = 0;
  #isEnding = false;
  #heardMs = Number.NEGATIVE_INFINITY;

  constructor(share: ConnectionShare, upgraded: Upgraded, onClose: () => void) {
    const { webSocket, socket, budget, address } = upgraded;
    const { limits, stats, flushQueue, backlogs, turns, compression } = share;
    this.#share = share;
    this.#upgraded = upgraded;
    this.#wholeBytes = socket.bytesRead;
    this.#outbox = new Outbox({
      socket,
      isOpen: () => webSocket.readyState === webSocket.OPEN,
      flushQueue,
      compression: webSocket.isCompressed ? compression : null,
      maxBacklogBytes: limits.maxBacklogBytes,
      backlogs,
      onOverflow: () => stats.slowReadersCut++,
    });
    this.#lane = turns.lane();
    const cut = (reason: string): void => this.#cut(reason);
    this.#sender = new Sender({
      address,
      creditMax: limits.maxInvalidSignatures,
      onSpent: () => cut('too many invalid signatures'),
      onRoom: () => this.#readOn(),
    });
    const [outbox, lane, sender] = [this.#outbox, this.#lane, this.#sender];
    this.#session = new Session(share, { outbox, budget, lane, sender, cut });
    this.#listen(onClose);
    this.#session.greet();
  }

  /** Sends CLOSED for every subscription; from now on events are taken and nothing else. */
  stopSession(): void {
    this.#session.stop();
  }

  /** Whether its client has all answers that are due, and says nothing. */
  get isQuiet(): boolean {
    const isSilent = performance.now() - this.#heardMs >= QUIET_MS;
    return isSilent && this.#waiting === 0 && this.#session.answersDue === 0;
  }

  /** Closes it because the relay stops; resolves when it is closed. What comes now can't be answered, and is not taken. */
  async close(): Promise<void> {
    const { webSocket } = this.#upgraded;
    if (webSocket.readyState === webSocket.CLOSED) return;
    this.#outbox.flush();
    this.#isEnding = true;
    webSocket.close(CLOSE_GOING_AWAY, 'the relay is shutting down');
    webSocket.resume();
    await new Promise((resolve) => webSocket.once('close', resolve));
  }

  terminate(): void {
    this.#upgraded.webSocket.terminate();
  }

  /** Asks whether the client is there; one that has not answered the last time is gone. */
  ping(): void {
    const { webSocket } = this.#upgraded;
    // Nobody can answer who is not read from.
    if (this.#isAlive || webSocket.isPaused) webSocket.ping();
    else webSocket.terminate();
    this.#isAlive = false;
  }

  /**
   * Cuts a client that began a message and does not end it: what has come of it is kept in memory. Every byte since the
   * last whole message, besides pings and pongs, belongs to one that is not complete.
   * @param maxChecks after which it is cut
   */
  checkSender(maxChecks: number): void {
    const { webSocket, socket } = this.#upgraded;
    if (webSocket.isPaused || socket.bytesRead <= this.#wholeBytes) return;
    if (++this.#waitedChecks <= maxChecks) return;
    this.#share.stats.slowSendersCut++;
    webSocket.terminate();
  }

  #listen(onClose: () => void): void {
    const { webSocket, socket, budget } = this.#upgraded;
    webSocket.on('message', (data, isBinary) => {
      this.#isAlive = true;
      this.#wholeBytes = socket.bytesRead;
      this.#waitedChecks = 0;
      this.#receive(data, isBinary);
    });
    webSocket.on('ping', (data) => {
      this.#wholeBytes += CONTROL_FRAME_BYTES + data.length;
      if (this.#isEnding) return;
      if (budget.takePing()) this.#outbox.sendPong(data);
      else this.#cut('too many pings');
    });
    webSocket.on('pong', (data) => {
      this.#isAlive = true;
      this.#wholeBytes += CONTROL_FRAME_BYTES + data.length;
    });
    // A frame against the rules (too long, not UTF-8): ws answers with the right close code by itself.
    webSocket.on('error', () => this.#share.stats.invalidMessages++);
    webSocket.once('close', () => {
      // What it asked for nobody waits for; the events that it has sent before still count.
      this.#session.leave();
      this.#lane.receive(() => this.#session.end(), undefined);
      onClose();
    });
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (this.#isEnding) return;
    this.#heardMs = performance.now();
    this.#waiting++;
    this.#waitingBytes += bytesOf(data);
    this.#lane.receive(isBinary ? this.#onBinary : this.#onText, data);
    const isBehind = this.#waiting > WAITING_MAX || this.#waitingBytes > WAITING_BYTES_MAX;
    if (isBehind || this.#sender.isBehind) this.#upgraded.webSocket.pause();
  }

  readonly #onText = (data: RawData): void => {
    this.#take(data);
    if (this.#isEnding) return;
    this.#session.receive(textOf(data));
    this.#readOn();
  };

  readonly #onBinary = (data: RawData): void => {
    this.#take(data);
    if (this.#isEnding) return;
    this.#session.notice('invalid: binary messages are not part of the protocol');
    this.#readOn();
  };

  #take(data: RawData): void {
    this.#waiting--;
    this.#waitingBytes -= bytesOf(data);
  }

  /** Reads from a client again that was not, once nothing of it waits. */
  #readOn(): void {
    const { webSocket } = this.#upgraded;
    if (!webSocket.isPaused || this.#isEnding) return;
    if (this.#waiting === 0 && !this.#sender.isBehind) webSocket.resume();
  }

  /** Ends the connection because of what its client has sent: with a reason, and without reading any more of it. */
  #cut(reason: string): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    const { webSocket } = this.#upgraded;
    this.#share.stats.clientsCut++;
    this.#session.leave();
    this.#outbox.flush();
    webSocket.close(CLOSE_POLICY, reason);
    webSocket.pause();
    setTimeout(() => webSocket.terminate(), GOODBYE_MS).unref();
  }
}

import { monotonicNs, NS_PER_MS } from '../../base/clock.ts';
import { readHex32 } from '../../base/hex.ts';
import { createRandom } from '../../base/random.ts';
import { encodeMaskedTextFrame } from '../../base/websocket-frame.ts';
import type { ClientSigner } from '../../corpus/client-signer.ts';
import { fillerText } from '../../corpus/filler-text.ts';
import type { SeriesTable } from '../../metric/series-table.ts';
import type { Held } from '../../nostr/auth-state.ts';
import { NONE, PendingTable } from '../../wire/pending-table.ts';
import type { OkReply } from '../../wire/reply-handlers.ts';
import { type EventsAgain, eventsAgainOfVisitors } from '../events-again.ts';
import { LateReplies } from '../late-replies.ts';
import type { SampleSink } from '../sample-sink.ts';
import type { SignedNote } from '../signed-note.ts';
import type { StepSender } from '../step-sender.ts';
import type { OkOwner } from '../worker-part.ts';
import type { ReplayStep, UnsignedEvent } from './load-steps.ts';
import type { ReplayBooks } from './replay-books.ts';
import { FRAME } from './replay-requests.ts';

type Write = Extract<ReplayStep, { readonly what: 'EVENT' }>;

export interface ReplayWritesOptions {
  readonly sender: () => StepSender;
  readonly books: ReplayBooks;
  readonly signer: ClientSigner;
  readonly seed: number;
  /** Makes the events of this run others than those of every other. */
  readonly runTag: string;
  readonly nextMask: () => number;
  readonly timeoutMs: number;
  readonly start: { readonly monotonicNs: number };
  readonly sink: SampleSink;
  readonly series: SeriesTable;
  readonly sendNow: (connection: number, frame: Buffer) => void;
  /** Whether the relay may yet refuse what is sent here until the client has authenticated. */
  readonly mayNeedAgain: (connection: number) => boolean;
  /** An event of this connection has ended. */
  readonly onEnded: (connection: number) => void;
}

/** What the clients of a trace write: EVENT → OK. */
export class ReplayWrites implements OkOwner {
  readonly #options: ReplayWritesOptions;
  readonly #waiting = new PendingTable(64);
  readonly #late: LateReplies;
  readonly #again: EventsAgain;

  constructor(options: ReplayWritesOptions) {
    this.#options = options;
    this.#late = new LateReplies(options);
    this.#again = eventsAgainOfVisitors({
      ...options,
      waiting: this.#waiting,
      onAgain: (entry) =>
        options.books.count('events_retried_after_auth', this.#waiting.scheduledNsOf(entry)),
      onRefused: (connection, refusal) => void this.onOk(connection, refusal),
    });
  }

  get pending(): number {
    return this.#waiting.size;
  }

  /** Signs an event of the trace: the same one wherever and whenever it comes in this run. */
  sign({ author, kind, created_at, tags, content }: UnsignedEvent): SignedNote {
    const { signer, nextMask } = this.#options;
    const unsigned = { kind, created_at, tags: tags.map((tag) => [...tag]), content: this.#text(content) };
    const { id, json } = signer.sign(author, unsigned);
    const frame = encodeMaskedTextFrame(`["EVENT",${json}]`, nextMask());
    const digits = Buffer.from(id, 'latin1');
    return { frame, idHigh: readHex32(digits, 0), idLow: readHex32(digits, 8) };
  }

  /** Publishes it. What can't be written has ended at once. */
  send(step: Write): void {
    step.signed ??= this.sign(step.event);
    const { frame, idHigh, idLow } = step.signed;
    // It is needed no longer, whatever comes.
    step.signed = null;
    const sender = this.#options.sender();
    const isStaged = sender.send(step.connection, (slot) => {
      const { store } = sender;
      store.length[slot] = frame.copy(store.bytes, store.startOf(slot));
      store.tag[slot] = FRAME.event;
      store.keyHigh[slot] = idHigh;
      store.keyLow[slot] = idLow;
      store.offsetNs[slot] = step.dueNs;
    });
    if (isStaged) return;
    this.neverSent(step, 'replays_unsent');
    this.#options.onEnded(step.connection);
  }

  /** A step that never came to be sent, by the target's doing or by the generator's. */
  neverSent({ dueNs }: Pick<Write, 'dueNs'>, counter: 'replays_unsent' | 'replays_dropped'): void {
    const { books, start } = this.#options;
    books.failed('EVENT', counter, start.monotonicNs + dueNs);
  }

  onWritten(slot: number, startedNs: number): void {
    const { start, books } = this.#options;
    const { store } = this.#options.sender();
    const connection = store.connection[slot] as number;
    const scheduledNs = start.monotonicNs + (store.offsetNs[slot] as number);
    books.sent('EVENT', scheduledNs, startedNs);
    const [high, low] = [store.keyHigh[slot] as number, store.keyLow[slot] as number];
    const entry = this.#waiting.add(high, low, connection, 0);
    this.#waiting.setTimes(entry, scheduledNs, startedNs);
    this.#again.onWritten(entry, connection, store, slot);
  }

  onUnwritten(slot: number): void {
    const { store } = this.#options.sender();
    this.neverSent({ dueNs: store.offsetNs[slot] as number }, 'replays_unsent');
    this.#options.onEnded(store.connection[slot] as number);
  }

  onAccepted(connection: number, idHigh: number, idLow: number): boolean {
    return this.onOk(connection, { idHigh, idLow, accepted: true, prefix: '' });
  }

  onOk(connection: number, { idHigh, idLow, accepted, prefix }: OkReply): boolean {
    const entry = this.#waiting.findOn(idHigh, idLow, connection);
    if (entry === NONE) return this.#isLate(connection, idHigh, idLow);
    const { sink, books } = this.#options;
    const scheduledNs = this.#waiting.scheduledNsOf(entry);
    if (accepted) {
      const startedNs = this.#waiting.startedNsOf(entry);
      books.answered('EVENT', { scheduledNs, startedNs, nowNs: monotonicNs() });
    } else sink.countWord(books.phaseOf(scheduledNs), 'replay_rejected', prefix);
    this.#waiting.remove(entry);
    this.#options.onEnded(connection);
    return true;
  }

  hold(connection: number, refusal: OkReply): Held | null {
    return this.#again.hold(connection, refusal);
  }

  /** Its client leaves, as in the trace, and hears of nothing any more. */
  left(connection: number): void {
    this.#late.onConnectionClosed(connection);
    this.#waiting.removeConnection(connection, (entry) =>
      this.#options.books.count('replays_ended', this.#waiting.scheduledNsOf(entry)),
    );
  }

  /** The target has closed it. */
  lost(connection: number): void {
    this.#late.onConnectionClosed(connection);
    this.#waiting.removeConnection(connection, (entry) => this.#fail(entry, 'replays_lost_at_close'));
  }

  expire(nowNs: number): void {
    const timeoutNs = this.#options.timeoutMs * NS_PER_MS;
    this.#waiting.expire(nowNs - timeoutNs, (entry) => {
      this.#late.add(this.#waiting, entry, this.#waiting.startedNsOf(entry) + timeoutNs);
      this.#fail(entry, 'replays_timeout');
    });
  }

  #text(content: UnsignedEvent['content']): string {
    if (typeof content === 'string') return content;
    const { seed, runTag } = this.#options;
    return fillerText(createRandom(seed, `replay/${runTag}/${content.id}`), content.bytes);
  }

  #isLate(connection: number, idHigh: number, idLow: number): boolean {
    const over = this.#late.find(idHigh, idLow, connection);
    if (over === NONE) return false;
    this.#late.count(over);
    this.#late.forget(over);
    return true;
  }

  #fail(entry: number, counter: 'replays_timeout' | 'replays_lost_at_close'): void {
    this.#options.books.failed('EVENT', counter, this.#waiting.scheduledNsOf(entry));
    this.#options.onEnded(this.#waiting.connectionOf(entry));
  }
}

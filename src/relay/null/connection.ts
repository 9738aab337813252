import type { Socket } from 'node:net';
import type { EventIdFinder } from './event-id.ts';
import type { FanOut } from './fan-out.ts';
import {
  type FrameView,
  OPCODE,
  payloadByte,
  payloadBytes,
  readFrame,
  serverFrame,
  textFrame,
} from './frame.ts';
import type { ReplyBuffer } from './reply-buffer.ts';
import { reqAnswer } from './stored.ts';
import { answerUpgrade } from './upgrade.ts';

/** What all connections of a server share; none of it is in use between two reads. */
export interface NullRelayState {
  readonly frame: FrameView;
  readonly replies: ReplyBuffer;
  readonly ids: EventIdFinder;
  readonly stored: readonly string[];
  /** Null where events go nowhere. */
  readonly fanOut: FanOut | null;
}

const MAX_HEAD_BYTES = 16 * 1024;
const HEAD_END = '\r\n\r\n';
/** Third character of `["EVENT"`, `["REQ"` and `["CLOSE"`, which tells them apart. */
const EVENT_LETTER = 69;
const REQ_LETTER = 82;
const CLOSE_LETTER = 67;
const SUBSCRIPTION = /^\["(?:REQ|CLOSE)","((?:[^"\\]|\\.)*)"/;
const NO_ID = textFrame('["NOTICE","invalid: an EVENT without an id"]');

/** One accepted socket: an HTTP request head, then WebSocket frames. */
export class NullConnection {
  readonly #socket: Socket;
  readonly #state: NullRelayState;
  readonly #frame: FrameView;
  #rest: Buffer | null = null;
  #upgraded = false;

  constructor(socket: Socket, state: NullRelayState) {
    this.#socket = socket;
    this.#state = state;
    this.#frame = state.frame;
  }

  /** Handle one read. */
  onData(chunk: Buffer): void {
    const data = this.#rest === null ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = null;
    if (this.#upgraded) this.#consumeFrames(data);
    else this.#consumeHead(data);
  }

  #consumeHead(data: Buffer): void {
    const headEnd = data.indexOf(HEAD_END);
    if (headEnd < 0) {
      this.#rest = data;
      if (data.length > MAX_HEAD_BYTES) this.#socket.destroy();
      return;
    }
    const answer = answerUpgrade(data.toString('latin1', 0, headEnd));
    if (!answer.upgraded) {
      this.#socket.end(answer.response);
      return;
    }
    this.#upgraded = true;
    this.#socket.write(answer.response, 'latin1');
    this.#consumeFrames(data.subarray(headEnd + HEAD_END.length));
  }

  /** Answer every whole frame; the bytes of an incomplete one wait for the next read. */
  #consumeFrames(data: Buffer): void {
    const frame = this.#frame;
    let at = 0;
    let found = readFrame(data, at, frame);
    while (found === 'whole') {
      this.#answer();
      at = frame.end;
      found = readFrame(data, at, frame);
    }
    this.#state.replies.flush(this.#socket);
    this.#state.fanOut?.flush(this.#socket);
    if (found === 'broken') this.#socket.destroy();
    else if (at < data.length) this.#rest = data.subarray(at);
  }

  #answer(): void {
    const { opcode, final } = this.#frame;
    if (opcode === OPCODE.text && final) this.#answerMessage();
    else if (opcode === OPCODE.ping) this.#echo(OPCODE.pong);
    else if (opcode === OPCODE.close) {
      this.#echo(OPCODE.close);
      this.#state.replies.flush(this.#socket);
      this.#socket.end();
    } else if (opcode !== OPCODE.pong) this.#socket.destroy();
  }

  /** EVENT and REQ are answered; nothing else needs it. */
  #answerMessage(): void {
    const letter = payloadByte(this.#frame, 2);
    if (letter === EVENT_LETTER) this.#answerEvent();
    else if (letter === REQ_LETTER) this.#answerReq();
    else if (letter === CLOSE_LETTER) this.#close();
  }

  #answerEvent(): void {
    const { ids, replies, fanOut } = this.#state;
    const idAt = ids.find(this.#frame);
    if (idAt < 0) {
      replies.append(this.#socket, NO_ID);
      return;
    }
    replies.ok(this.#socket, this.#frame, idAt);
    fanOut?.add(this.#frame);
  }

  #answerReq(): void {
    const subscription = this.#subscription();
    if (subscription === undefined) return;
    this.#state.replies.append(this.#socket, reqAnswer(subscription, this.#state.stored));
    this.#state.fanOut?.subscribe(this.#socket, subscription);
  }

  /** Nothing is kept of a subscription unless events fan out. */
  #close(): void {
    const { fanOut } = this.#state;
    const subscription = fanOut === null ? undefined : this.#subscription();
    if (subscription !== undefined) fanOut?.unsubscribe(this.#socket, subscription);
  }

  /** Id of the subscription that the message names: JSON text between quotes. */
  #subscription(): string | undefined {
    return SUBSCRIPTION.exec(payloadBytes(this.#frame).toString('latin1'))?.[1];
  }

  #echo(opcode: number): void {
    this.#state.replies.append(this.#socket, serverFrame(opcode, payloadBytes(this.#frame)));
  }
}

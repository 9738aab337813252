import type { Socket } from 'node:net';
import type { EventIdFinder } from './event-id.ts';
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
}

const MAX_HEAD_BYTES = 16 * 1024;
const HEAD_END = '\r\n\r\n';
/** Third character of `["EVENT"` and `["REQ"`, which tells them apart. */
const EVENT_LETTER = 69;
const REQ_LETTER = 82;
const REQ_SUBSCRIPTION = /^\["REQ","((?:[^"\\]|\\.)*)"/;
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
  }

  #answerEvent(): void {
    const idAt = this.#state.ids.find(this.#frame);
    if (idAt < 0) this.#state.replies.append(this.#socket, NO_ID);
    else this.#state.replies.ok(this.#socket, this.#frame, idAt);
  }

  #answerReq(): void {
    const text = payloadBytes(this.#frame).toString('latin1');
    const subscription = REQ_SUBSCRIPTION.exec(text)?.[1];
    if (subscription === undefined) return;
    this.#state.replies.append(this.#socket, reqAnswer(subscription, this.#state.stored));
  }

  #echo(opcode: number): void {
    this.#state.replies.append(this.#socket, serverFrame(opcode, payloadBytes(this.#frame)));
  }
}

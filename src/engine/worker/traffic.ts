import type { Recorder } from './recorder.ts';

/** Bytes of all connections; they belong to no operation and so to no phase. */
export class Traffic {
  #received_bytes = 0;
  #reported = { received: 0, sent: 0 };

  /** Bytes received so far. */
  get received_bytes(): number {
    return this.#received_bytes;
  }

  received(bytes: number): void {
    this.#received_bytes += bytes;
  }

  /** Count what came and went since the last call. @param sent bytes written since the start */
  report(recorder: Recorder, sent: number): void {
    const { outside } = recorder;
    recorder.count(outside, 'bytes_received', this.#received_bytes - this.#reported.received);
    recorder.count(outside, 'bytes_sent', sent - this.#reported.sent);
    this.#reported = { received: this.#received_bytes, sent };
  }
}

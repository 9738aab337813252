import { type DeflateCounts, noDeflateCounts } from '../../base/deflate-message.ts';
import { nothingReceived, type ReceivedBytes } from '../../wire/received-bytes.ts';
import type { Recorder } from './recorder.ts';

const COMPRESSION_COUNTERS = [
  ['deflated', 'frames_deflated'],
  ['deflatedBefore_bytes', 'bytes_before_deflate'],
  ['deflatedAfter_bytes', 'bytes_after_deflate'],
  ['inflated', 'frames_inflated'],
  ['inflatedBefore_bytes', 'bytes_before_inflate'],
  ['inflatedAfter_bytes', 'bytes_after_inflate'],
] as const satisfies readonly (readonly [keyof DeflateCounts, string])[];

/** Bytes of all connections; they belong to no operation and so to no phase. */
export class Traffic {
  #reported = { received: 0, sent: 0, ...noDeflateCounts() };
  /** What has come; counted by the transports. */
  readonly received: ReceivedBytes = nothingReceived();
  /** What compression does; null where it is not offered. */
  readonly compression: DeflateCounts | null;

  constructor(isCompressionOffered: boolean) {
    this.compression = isCompressionOffered ? noDeflateCounts() : null;
  }

  /** Count what came and went since the last call. @param sent bytes written since the start */
  report(recorder: Recorder, sent: number): void {
    const { outside } = recorder;
    const compression = this.compression ?? noDeflateCounts();
    const received = this.received.messages;
    recorder.count(outside, 'bytes_received', received - this.#reported.received);
    recorder.count(outside, 'bytes_sent', sent - this.#reported.sent);
    for (const [key, counter] of COMPRESSION_COUNTERS) {
      recorder.count(outside, counter, compression[key] - this.#reported[key]);
    }
    this.#reported = { received, sent, ...compression };
  }
}

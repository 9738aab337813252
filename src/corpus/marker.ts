import { hash } from 'node:crypto';

/**
 * The tags by which a run recognises its own events at a subscriber.
 *
 * - `["t", "rb<runTag>-<topic>"]`: what a live subscription filters on;
 * - `["rb", "<runTag>-<n>-<scheduledOffsetNs>"]`: the event's number and its scheduled time, read back from
 *   the frame without parsing JSON.
 *
 * All numbers are zero-padded to a fixed width, so that every frame of a run has the same layout.
 */

const RUN_TAG_DIGITS = 8;
/** Digits of each number. */
export const TOPIC_DIGITS = 5;
export const NUMBER_DIGITS = 10;
/** Nanoseconds: 115 days. */
export const OFFSET_DIGITS = 16;

/** A run tag: 8 lower-case hex characters, unique for each run. */
export const RUN_TAG = /^[0-9a-f]{8}$/;

/** The tag of a run: as its salt says. @param salt any text; the same text gives the same tag */
export function runTagOf(salt: string): string {
  return hash('sha256', salt, 'hex').slice(0, RUN_TAG_DIGITS);
}

/** Stored events are tagged apart from live ones, so that no live subscription matches them. */
export function corpusRunTag(runTag: string): string {
  return variantOf(runTag, 1);
}

/** And so is what is published to find out what the relay takes: no query finds it. */
export function probeRunTag(runTag: string): string {
  return variantOf(runTag, 2);
}

/** And what clients write in their sessions: no live subscription of the run waits for it. */
export function sessionRunTag(runTag: string): string {
  return variantOf(runTag, 4);
}

function variantOf(runTag: string, bit: number): string {
  const last = Number.parseInt(runTag.slice(-1), 16);
  return runTag.slice(0, -1) + (last ^ bit).toString(16);
}

/** Value of the `t` tag of a topic (0 … 99,999): `{"#t": [topicTag(runTag, 0)]}` selects its events. */
export function topicTag(runTag: string, topic: number): string {
  return `rb${runTag}-${String(topic).padStart(TOPIC_DIGITS, '0')}`;
}

/** Value of the `rb` tag of event n. */
export function markerTag(runTag: string, n: number, scheduledOffsetNs: number): string {
  const number = String(n).padStart(NUMBER_DIGITS, '0');
  return `${runTag}-${number}-${String(Math.round(scheduledOffsetNs)).padStart(OFFSET_DIGITS, '0')}`;
}

const ZERO = 0x30;
const DASH = 0x2d;
const QUOTE = 0x22;

/**
 * Reads markers out of received frames. One reader serves many frames: the result stands in its fields, so
 * that reading allocates nothing.
 */
export class MarkerReader {
  /** Number of the last event read. */
  n = 0;
  /** Scheduled time of the last event read, in nanoseconds after the start of the load. */
  scheduledOffsetNs = 0;
  /** The quote before the run tag tells the marker from the topic, which has `rb` there. */
  readonly #needle: Buffer;
  #lastAt = 0;

  constructor(runTag: string) {
    this.#needle = Buffer.from(`"${runTag}-`, 'latin1');
  }

  /**
   * Finds the marker of this run in a message (or frame).
   * @returns false where there is none, that is, the event is not of this run; the fields are then stale
   */
  read(message: Buffer): boolean {
    const at = this.#isAt(message, this.#lastAt) ? this.#lastAt : message.indexOf(this.#needle);
    if (at < 0) return false;
    const numberAt = at + this.#needle.length;
    const offsetAt = numberAt + NUMBER_DIGITS + 1;
    const end = offsetAt + OFFSET_DIGITS;
    if (message[offsetAt - 1] !== DASH || message[end] !== QUOTE) return false;
    const n = readDigits(message, numberAt, NUMBER_DIGITS);
    const scheduledOffsetNs = readDigits(message, offsetAt, OFFSET_DIGITS);
    if (n < 0 || scheduledOffsetNs < 0) return false;
    this.#lastAt = at;
    this.n = n;
    this.scheduledOffsetNs = scheduledOffsetNs;
    return true;
  }

  /** Messages of one relay have one layout: the marker is usually where it was last time. */
  #isAt(message: Buffer, at: number): boolean {
    const needle = this.#needle;
    for (let i = 0; i < needle.length; i++) {
      if (message[at + i] !== needle[i]) return false;
    }
    return true;
  }
}

/** The number written there, or −1 where a character is no digit. */
function readDigits(message: Buffer, at: number, digits: number): number {
  let value = 0;
  for (let i = at; i < at + digits; i++) {
    const digit = (message[i] as number) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}

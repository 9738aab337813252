/** Knows the corpus and checks answers to queries away from the thread that keeps time. */
import { parentPort, workerData } from 'node:worker_threads';
import { openCorpus } from '../../corpus/files/open-corpus.ts';
import { checkAnswer } from '../../corpus/index/check-answer.ts';
import { CorpusIndex } from '../../corpus/index/corpus-index.ts';
import { checkEventShape, type NostrEvent } from '../../nostr/event.ts';
import { parseJson } from '../../nostr/json.ts';
import type { SampledAnswer } from '../../workload/answer-samples.ts';
import type { AnswerSetup, FromAnswerThread, ToAnswerThread } from './answer-protocol.ts';

/** Values of each sort to draw filters from. */
const MOST_DRAWN = 10_000;

const { dir, stored, isComplete } = workerData as AnswerSetup;
const corpus = await openCorpus(dir);
const index = await CorpusIndex.build(corpus.batches());
const failed = new Set<number>();
let isFresh = true;

function send(message: FromAnswerThread): void {
  parentPort?.postMessage(message);
}

function check({ filter, frames, phase, certainBelow, sentBelow }: SampledAnswer): void {
  const knowledge = { certainBelow, sentBelow, isFresh, failed, isComplete };
  send({ type: 'checked', phase, fault: checkAnswer(index, filter, frames.map(eventIn), knowledge) });
}

/** The event of this message, or this event; null where there is none. */
function eventIn(message: Uint8Array): NostrEvent | null {
  const value = parseJson(Buffer.from(message).toString());
  return checkEventShape(Array.isArray(value) ? value[2] : value).event ?? null;
}

parentPort?.on('message', (message: ToAnswerThread) => {
  switch (message.type) {
    case 'check':
      check(message.answer);
      return;
    case 'failed':
      for (const event of message.events) failed.add(event);
      return;
    case 'known-before':
      isFresh = false;
      return;
    default:
      message satisfies never;
  }
});
send({ type: 'ready', pools: index.pools(MOST_DRAWN, stored) });

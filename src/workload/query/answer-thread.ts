/** Knows the corpus and checks answers to queries away from the thread that keeps time. */
import { parentPort, workerData } from 'node:worker_threads';
import { openCorpus } from '../../corpus/files/open-corpus.ts';
import { CorpusIndex } from '../../corpus/index/corpus-index.ts';
import { AnswerJudge } from '../../judge/answer-judge.ts';
import { receivedEvent } from '../../nostr/received-event.ts';
import type {
  AnswerSetup,
  FromAnswerThread,
  LateEvent,
  SampledQuestion,
  ToAnswerThread,
} from './answer-protocol.ts';
import type { SampledAnswer } from './answer-samples.ts';

/** Values of each sort to draw filters from. */
const MOST_DRAWN = 10_000;

const { dir, stored, isComplete, advertised } = workerData as AnswerSetup;
const corpus = await openCorpus(dir);
const index = await CorpusIndex.build(corpus.batches());
const judge = new AnswerJudge<SampledQuestion>({ known: index, isComplete, advertised });

function send(message: FromAnswerThread): void {
  parentPort?.postMessage(message);
}

function check({ frames, ...question }: SampledAnswer): void {
  const accusations = judge.judge(question, frames.map(receivedEvent));
  send({ type: 'checked', phase: question.phase, accusations });
}

/** What the relay had before the load can't come live. */
function checkLate(late: LateEvent): void {
  const event = receivedEvent(late.frame);
  const isStored = event !== null && judge.isLateStored({ certainBelow: stored }, event);
  send({ type: 'stored-late', late: isStored ? late : null });
}

parentPort?.on('message', (message: ToAnswerThread) => {
  switch (message.type) {
    case 'check':
      check(message.answer);
      return;
    case 'after-eose':
      checkLate(message.late);
      return;
    case 'failed':
      judge.failed(message.events);
      return;
    case 'known-before':
      judge.knownBefore();
      return;
    case 'finish':
      send({ type: 'finished', findings: judge.findings() });
      return;
    default:
      message satisfies never;
  }
});
send({ type: 'ready', pools: index.pools(MOST_DRAWN, stored) });

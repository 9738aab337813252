import type { EventFrames } from '../../corpus/event-frames.ts';
import { NO_TOPIC } from '../../corpus/event-frames.ts';
import type { CorpusPools } from '../../corpus/index/corpus-index.ts';
import type { Filter } from '../../nostr/filter.ts';
import type { NamedCorpus } from '../../plan/plan.ts';
import { AnswerSamples } from '../../workload/answer-samples.ts';
import { type DrawPools, emptyDraws } from '../../workload/draw-filter.ts';
import type { PublishedEvents } from '../../workload/published-events.ts';
import { NOTHING_STORED, type StoredEvents, storedByMarker } from '../../workload/stored-events.ts';
import type { StoredCorpus } from '../messages.ts';
import type { PreparationTally } from '../preparation-tally.ts';
import { AnswerChecker, type OnChecked } from './answer-checker.ts';
import { corpusRunTag } from './corpus-notes.ts';
import { type Following, followAuthors } from './following.ts';
import type { Preparation } from './preparation.ts';
import type { RelayObserver } from './relay-observer.ts';
import { createKnowledge, createReplayFrames } from './replay.ts';
import { storeEvents, storeNotes } from './store-corpus.ts';
import { createSigningFrames, liveFilter, type WorkloadContext } from './workloads.ts';

/** What a worker needs of the corpus for the load. */
export interface PreparedCorpus {
  /** What queries draw from. */
  readonly pools: DrawPools;
  /** Frames to publish; null where nothing is published. */
  readonly frames: EventFrames | null;
  /** Filter of the live subscriptions to a topic. */
  readonly filterOf: (topic: number) => Filter;
  /** Keeps answers to be checked; null where the right ones are not known. */
  readonly answers: AnswerSamples | null;
  readonly published: PublishedEvents | null;
  /** Tells what the relay had before the load from what comes live. */
  readonly knownStored: StoredEvents;
  readonly stored: StoredCorpus;
  readonly storing: PreparationTally;
  readonly problems: readonly string[];
  readonly remarks: readonly string[];
  /** What all workers have found out. */
  tell(stored: StoredCorpus): void;
  /** Ends what was started, when the checks under way are through. */
  end(): Promise<void>;
}

/** Stores what is to be stored before the load, and gets ready to publish and to check. */
export async function prepareCorpus(
  preparation: Preparation,
  observer: RelayObserver,
): Promise<PreparedCorpus> {
  const { named } = preparation.context.plan.corpus;
  return named === null ? prepareNotes(preparation, observer) : prepareNamed(preparation, named, observer);
}

async function prepareNotes(preparation: Preparation, observer: RelayObserver): Promise<PreparedCorpus> {
  const { context } = preparation;
  const { publish } = context.plan;
  const { pools, tally } = await storeNotes(preparation);
  return {
    pools,
    frames: publish === null ? null : createSigningFrames(context, publish),
    filterOf: (topic) => liveFilter(context, topic),
    answers: null,
    published: null,
    knownStored: storedByMarker(corpusRunTag(context.runTag), (query, frame) =>
      observer.storedAfterEose(query, frame),
    ),
    stored: { failed: [], hadSome: false },
    storing: tally,
    problems: [],
    remarks: [],
    tell: () => undefined,
    end: () => Promise.resolve(),
  };
}

async function prepareNamed(
  preparation: Preparation,
  named: NamedCorpus,
  observer: RelayObserver,
): Promise<PreparedCorpus> {
  const { context } = preparation;
  const { publish } = context.plan;
  const checker = createChecker(context, named, observer);
  const { tally, remarks, ...stored } = await storeEvents(preparation, named);
  const pools = poolsOf(await checker?.ready());
  const following = await createFollowing(context, named);
  const replay = publish?.replay ?? null;
  const frames =
    replay === null
      ? null
      : await createReplayFrames(context, replay, following?.topicOf ?? (() => NO_TOPIC));
  return {
    pools,
    frames,
    filterOf: (topic) => following?.filterOf(topic) ?? {},
    ...createAnswers(context, checker),
    knownStored:
      checker === null
        ? NOTHING_STORED
        : { isStored: () => false, onAfterEose: (query, frame) => checker.submitLate(query, frame) },
    stored,
    storing: tally,
    problems: drawProblems(context, pools),
    remarks,
    tell: ({ failed, hadSome }) => {
      checker?.failed(failed);
      if (hadSome) checker?.knownBefore();
    },
    end: async () => checker?.end(),
  };
}

/** Filters are drawn from what the thread knows, even where no answer is checked. */
function createChecker(
  { plan, fail }: WorkloadContext,
  { file }: NamedCorpus,
  onChecked: OnChecked,
): AnswerChecker | null {
  if (plan.query === null || file === null) return null;
  const isComplete = plan.targets.length === 1;
  return new AnswerChecker(
    { dir: file.dir, stored: plan.corpus.events, isComplete, advertised: plan.advertised },
    onChecked,
    fail,
  );
}

function createAnswers(
  context: WorkloadContext,
  checker: AnswerChecker | null,
): Pick<PreparedCorpus, 'answers' | 'published'> {
  const share = context.plan.query?.checkShare ?? 0;
  if (checker === null || share === 0) return { answers: null, published: null };
  const { knowledge, published } = createKnowledge(context, checker);
  const submit = checker.submit.bind(checker);
  return { answers: new AnswerSamples({ share, knowledge, submit }), published };
}

async function createFollowing({ plan }: WorkloadContext, { file }: NamedCorpus): Promise<Following | null> {
  const { subscribe, publish } = plan;
  if (subscribe === null || publish === null || file === null) return null;
  return followAuthors(file, publish.replay?.first ?? 0, subscribe.topics);
}

function poolsOf(pools: CorpusPools | undefined): DrawPools {
  if (pools === undefined) return { authors: [], ids: [], threads: [], topics: [] };
  const { authors, ids, threads, hashtags } = pools;
  return { authors, ids, threads, topics: hashtags };
}

function drawProblems({ plan }: WorkloadContext, pools: DrawPools): readonly string[] {
  const empty = emptyDraws(plan.query?.filters.map(({ filter }) => filter) ?? [], pools);
  return empty.map((key) => `the stored part of the corpus has nothing to draw "${key}" from`);
}

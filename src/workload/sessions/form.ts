import * as z from 'zod';
import { arrivals, count, positiveDuration, rate, stay, timeout } from '../../scenario/fields.ts';
import { type Check, problem } from '../../scenario/inconsistency.ts';
import { isNamed } from '../../scenario/is-named.ts';
import { type CommonForm, ratePace, workloadForm } from '../../scenario/workload-form.ts';

const PHONE_STAY_MS = 180_000;

/** How often a client does something: evenly distributed between two durations. */
const every = (from: number, to: number, what: string) =>
  z
    .strictObject({ from: positiveDuration.default(from), to: positiveDuration.default(to) })
    .default({ from, to })
    .describe(`${what} again after a time between these, evenly distributed.`);

const sessions = z.strictObject({
  rate: rate.describe(
    'Clients that come per second; in the long run rate × mean stay of them are there at once.',
  ),
  arrivals,
  connections: count
    .optional()
    .describe(
      'Clients that are there from the start, in the midst of their stay, counted from the last; default all that no other workload uses. Nobody else may use theirs: they close them.',
    ),
  stay: stay(PHONE_STAY_MS),
  subscriptions: z
    .strictObject({
      from: z.int().min(3).max(300).default(10),
      to: z.int().min(3).max(300).default(30),
    })
    .default({ from: 10, to: 30 })
    .describe('Subscriptions that a client keeps open: feed, notifications and direct messages among them.'),
  query: every(5_000, 15_000, 'A client asks something, and closes the subscription after EOSE,'),
  write: every(120_000, 300_000, 'A client writes a note'),
  contentBytes: z.int().min(0).max(60_000).default(280).describe('Length of the content of a note.'),
  timeout: timeout('EOSE, OK or CLOSED'),
});

export type SessionsForm = z.output<typeof sessions>;

/** Workloads that use connections which are open before the load, all of them unless they say how many. */
export interface Beside {
  readonly publish?: CommonForm | undefined;
  readonly query?: CommonForm | undefined;
  readonly count?: CommonForm | undefined;
  readonly sync?: CommonForm | undefined;
  readonly subscribe?: CommonForm | undefined;
  readonly visibility?: CommonForm | undefined;
}

type Visiting = Check<Beside & { readonly sessions?: SessionsForm | undefined }>;

const AT = ['workloads', 'sessions'] as const;

const corpusIsNamed: Visiting = ({ corpus, workloads }) =>
  workloads.sessions !== undefined && !isNamed(corpus)
    ? [
        problem(
          AT,
          'needs a named corpus (`corpus.profile` or `corpus.file`): what clients ask is drawn from it',
        ),
      ]
    : [];

const FROM_FIRST = ['publish', 'query', 'count', 'sync'] as const;
const FROM_LAST = ['subscribe', 'visibility'] as const;

type Scene = Parameters<Visiting>[0];

/** How many clients are there from the start: all connections that no other workload uses, unless it is said how many. */
export function clientsFromStart({
  connections,
  workloads,
}: Pick<Scene, 'connections' | 'workloads'>): number {
  const { count: all } = connections;
  const used = FROM_FIRST.map((name) => {
    const form = workloads[name];
    return form === undefined ? 0 : (form.connections ?? all);
  });
  return workloads.sessions?.connections ?? all - Math.max(...used);
}

/** Clients close their connections when they leave, with whatever others have under way on them. */
const connectionsAreTheirOwn: Visiting = (scenario) => {
  const { connections, workloads } = scenario;
  if (workloads.sessions === undefined) return [];
  const others = Math.min(connections.count - clientsFromStart(scenario), connections.count - 1);
  const fromFirst = FROM_FIRST.filter((name) => {
    const form = workloads[name];
    return form !== undefined && (form.connections ?? connections.count) > others;
  });
  return [
    ...fromFirst.map((name) =>
      problem(
        ['workloads', name, 'connections'],
        `must be at most ${others}: the others are those of sessions, whose clients close them`,
      ),
    ),
    ...FROM_LAST.filter((name) => workloads[name] !== undefined).map((name) =>
      problem(['workloads', name], 'uses the connections of sessions, whose clients close them'),
    ),
  ];
};

const rangesAscend: Visiting = ({ workloads: { sessions: asked } }) =>
  asked === undefined
    ? []
    : (['subscriptions', 'query', 'write'] as const).flatMap((key) =>
        asked[key].from <= asked[key].to ? [] : [problem([...AT, key], '`from` must not be above `to`')],
      );

/** Real clients, as a scenario asks for them. */
export const sessionsForm = workloadForm({
  form: sessions,
  checks: [corpusIsNamed, connectionsAreTheirOwn, rangesAscend],
  pace: ratePace<SessionsForm>(),
  closed: 'none',
});

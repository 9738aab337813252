import * as z from 'zod';
import { answersSchema } from '../compare/standing-schema.ts';

/** Version of the format of `suite.json`; additions raise the minor number, anything else the major one. */
export const SUITE_VERSION = '1.1.0';

const whole = z.int().min(0);
const maybe = z.number().nullable();

const ability = z.strictObject({
  /** Such as `live`; parts need some of them. */
  what: z.string(),
  title: z.string(),
  nip: whole,
  supported: z.boolean(),
  /** What the relay did instead; null where it does it. Foreign text. */
  detail: z.string().nullable(),
});

const relay = z.strictObject({
  name: z.string(),
  /** `command`: it was started for each part; `url`: it ran already; `embedded`: the reference relay of relay-bench. */
  kind: z.enum(['embedded', 'command', 'url']),
  /** Without its secrets. */
  command: z.string().nullable(),
  /** Masked; null where it was started. */
  url: z.string().nullable(),
  /** As it says of itself (NIP-11); foreign text. */
  software: z.string().nullable(),
  /** Empty where it could not be asked. */
  abilities: z.array(ability),
});

const run = z.strictObject({
  relay: z.string(),
  /** `invalid`: the generator or the machine could not do it, that says nothing of the relay; `failed`: the relay could not. */
  status: z.enum(['measured', 'invalid', 'failed', 'skipped', 'missing']),
  /** Why it is not `measured`; null where it is. */
  reason: z.string().nullable(),
  /** Its `run.json` or `capacity.json`, below the directory of this file. */
  file: z.string().nullable(),
  /** Of a run; null of a search. */
  runId: z.string().nullable(),
  startedAt: z.iso.datetime().nullable(),
  /** Answers that the NIPs don't allow, of those that were checked; null where none was wrong or checked. Since 1.1.0. */
  wrongAnswers: z.strictObject({ wrong: whole, checked: whole }).nullable().default(null),
  /** What a reader must know, one sentence each. */
  caveats: z.array(z.string()),
});

const span = z.strictObject({ value: z.number(), low: maybe, high: maybe });

const entry = z.strictObject({
  relay: z.string(),
  /** In the unit of the figure; null where there is none. */
  value: maybe,
  /** Its interval at 95 %, or the range of what was measured; null where nothing bounds it on that side. */
  low: maybe,
  high: maybe,
  /** Why there is no value. */
  reason: z.string().nullable(),
  /** It as a multiple of the reference relay's; null where either has none, or was invalid. */
  relative: span.nullable(),
});

const figure = z.strictObject({
  key: z.string(),
  title: z.string(),
  unit: z.enum(['us', 'per_s', 'bytes']),
  direction: z.enum(['lower', 'higher']),
  /** Whether it stands on the card. */
  main: z.boolean(),
  entries: z.array(entry),
});

const part = z.strictObject({
  id: z.string(),
  title: z.string(),
  scenario: z.strictObject({ name: z.string(), sha256: z.string() }),
  /** SHA-256 over the events that it stores; null where nothing was run. */
  fingerprint: z.string().nullable(),
  runs: z.array(run),
  figures: z.array(figure),
});

/** The one schema of `suite.json` and of `suite --format json`. */
export const suiteSchema = z.strictObject({
  suiteVersion: z.string().regex(/^\d+\.\d+\.\d+$/),
  tool: z.strictObject({ name: z.string(), version: z.string(), node: z.string() }),
  startedAt: z.iso.datetime(),
  duration_s: z.number(),
  /** It was interrupted; `suite --resume` goes on. */
  partial: z.boolean(),
  mode: z.enum(['quick', 'full']),
  seed: whole,
  machine: z.strictObject({
    cpus: whole,
    cpuModel: z.string(),
    memoryBytes: whole,
    os: z.string(),
    kernel: z.string(),
  }),
  /** Name of the relay that the others are put in relation to. */
  reference: z.string(),
  relays: z.array(relay),
  parts: z.array(part),
  answers: answersSchema,
  /** What to doubt, one sentence each. */
  warnings: z.array(z.string()),
});

export type Suite = z.infer<typeof suiteSchema>;
export type SuiteRelay = Suite['relays'][number];
export type SuitePartResult = Suite['parts'][number];
export type SuiteRun = SuitePartResult['runs'][number];
export type SuiteFigure = SuitePartResult['figures'][number];
export type SuiteEntry = SuiteFigure['entries'][number];

/** The JSON Schema of `suite.json`, as it lies in `reports/`: its title ends with the version of the format. */
export function suiteJsonSchema(): object {
  return { title: `relay-bench suite.json ${SUITE_VERSION}`, ...z.toJSONSchema(suiteSchema) };
}

import * as z from 'zod';

const eventRef = z.strictObject({
  /** 64 hex digits; the first 16 where the run kept no more. */
  id: z.string(),
  /** Left out where the run did not keep it. */
  kind: z.number().optional(),
});
/** One case behind a counter. */
export const evidence = z.strictObject({
  /** Milliseconds after the start of the load. */
  atMs: z.number(),
  connection: z.number(),
  /** Empty where none was concerned. */
  subscription: z.string(),
  /** What was asked; null where nothing was. */
  filter: z.record(z.string(), z.unknown()).nullable(),
  expected: z.array(eventRef),
  got: z.array(eventRef),
  /** The word under which a counter of several words counts it. */
  reason: z.string().optional(),
  /** What happened, where ids alone do not say it. */
  note: z.string().optional(),
});

/** Worth knowing of a relay, and no fault. */
export const finding = z.strictObject({
  kind: z.string(),
  text: z.string(),
  nip: z.string(),
  count: z.int().min(0),
});

import * as z from 'zod';
import { count, name } from '../../scenario/fields.ts';
import { type Check, problem } from '../../scenario/inconsistency.ts';
import { workloadForm } from '../../scenario/workload-form.ts';

const cut = z.strictObject({
  phase: name.describe('The measured phase in which connections are cut.'),
  at: z.number().min(0).max(1).default(0.2).describe('How far into the phase: 0 its start, 1 its end.'),
  jitter: z
    .boolean()
    .optional()
    .describe('Whether clients come back with jitter this time; default: as `connections.reconnect` says.'),
});

const storm = z.strictObject({
  connections: count.optional().describe('Connections that are cut, counted from the first; default all.'),
  cuts: z
    .array(cut)
    .min(1)
    .max(100)
    .describe('When they are cut, all at once, as by a network that goes away for a moment.'),
});

export type StormForm = z.output<typeof storm>;

type Storming = Check<{ readonly storm?: StormForm | undefined }>;

const clientsComeBack: Storming = ({ connections, workloads: { storm: asked } }) =>
  asked !== undefined && connections.reconnect == null
    ? [problem(['workloads', 'storm'], 'needs `connections.reconnect`: otherwise nobody comes back')]
    : [];

const phasesAreThere: Storming = ({ phases, workloads: { storm: asked } }) =>
  (asked?.cuts ?? []).flatMap(({ phase }, index) =>
    phases.some((each) => each.name === phase)
      ? []
      : [problem(['workloads', 'storm', 'cuts', index, 'phase'], `"${phase}" is no phase of this scenario`)],
  );

/** Storms of clients that come back, as a scenario asks for them. */
export const stormForm = workloadForm({
  form: storm,
  checks: [clientsComeBack, phasesAreThere],
  pace: null,
  closed: 'none',
});

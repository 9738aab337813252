import * as z from 'zod';
import { arrivals, rate, timeout } from '../../scenario/fields.ts';
import { ratePace, workloadForm } from '../../scenario/workload-form.ts';

const connect = z.strictObject({
  rate: rate.describe('New connections per second in every phase, on top of `connections`, held to the end.'),
  arrivals,
  timeout: timeout('an open WebSocket'),
});

export type ConnectForm = z.output<typeof connect>;

/** A storm of new connections, as a scenario asks for it. */
export const connectForm = workloadForm({
  form: connect,
  checks: [],
  pace: ratePace<ConnectForm>(),
  closed: 'none',
});

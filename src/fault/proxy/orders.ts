import * as z from 'zod';

/** What is asked of the proxy: one line of JSON, over a connection that stays open for as long as it is to hold. */
export const proxyOrder = z.strictObject({
  links: z.array(z.string()).min(1),
  directions: z.array(z.enum(['up', 'down'])).min(1),
  latencyMs: z.number().min(0).optional(),
  jitterMs: z.number().min(0).optional(),
  bytesPerS: z.number().positive().optional(),
  partition: z.enum(['hold', 'reset']).optional(),
});

export type ProxyOrder = z.infer<typeof proxyOrder>;

/** What the proxy says when an order is in force, and when it is lifted. */
export const IN_FORCE = 'in force';
export const LIFTED = 'lifted';

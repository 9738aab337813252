import * as z from 'zod';
import { VERIFIER_KINDS } from '../base/verifier-choice.ts';

/** What checked signatures. */
export const verifierInUse = z.strictObject({
  kind: z.enum(VERIFIER_KINDS),
  /** As the system names it; null for WebAssembly. */
  library: z.string().nullable(),
  /** Why it was not the native one although that was not ruled out. */
  reason: z.string().nullable(),
});

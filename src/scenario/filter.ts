import * as z from 'zod';
import { TAG_KEY } from './tag-key.ts';

const drawn = z
  .union(
    [z.int().min(1).max(1_000), z.array(z.string()).min(1).max(1_000)],
    'must be how many values to draw (1 to 1,000) or a list of strings',
  )
  .describe(
    'A number draws that many different values from the corpus of the run for each query; a list is sent as it stands.',
  );

const filterFields = {
  ids: drawn.optional(),
  authors: drawn.optional(),
  kinds: z.array(z.int().min(0).max(65_535)).min(1).optional(),
  since: z.int().optional(),
  until: z.int().optional(),
  limit: z.int().min(0).max(5_000).optional(),
  search: z
    .union(
      [z.int().min(1).max(10), z.string().min(1).max(1_000)],
      'must be how many words to draw (1 to 10) or a text',
    )
    .describe(
      'Searches contents (NIP-50): a number draws that many words of the corpus for each query; a text is sent as it stands. Asked only of relays whose NIP-11 document lists NIP-50.',
    )
    .optional(),
};
/** A filter, whose values may be drawn. */
export const filter = z
  .strictObject(filterFields)
  .catchall(drawn)
  .superRefine((value, context) => {
    for (const key of Object.keys(value)) {
      if (Object.hasOwn(filterFields, key) || TAG_KEY.test(key)) continue;
      context.addIssue({ code: 'unrecognized_keys', keys: [key], input: value });
    }
  })
  .describe(
    'A filter of NIP-01: ids, authors, kinds, since, until, limit and single-letter tags such as "#t"; and `search` of NIP-50.',
  );

import * as z from 'zod';
import { COMPARISON_VERSION, comparisonSchema } from './schema.ts';

/** The JSON Schema of `comparison.json`, as it lies in `reports/`: its title ends with the version of the format. */
export function comparisonJsonSchema(): object {
  return { title: `relay-bench comparison.json ${COMPARISON_VERSION}`, ...z.toJSONSchema(comparisonSchema) };
}

import * as z from 'zod';
import { runRecordSchema, SCHEMA_VERSION } from './schema.ts';

/** The JSON Schema of `run.json`, as it lies in `reports/`: its title ends with the version of the format. */
export function runJsonSchema(): object {
  return { title: `relay-bench run.json ${SCHEMA_VERSION}`, ...z.toJSONSchema(runRecordSchema) };
}

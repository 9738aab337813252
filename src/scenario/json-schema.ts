import * as z from 'zod';
import { scenarioSchema } from './schema.ts';
import { TAG_KEY } from './tag-key.ts';

type JsonSchema = z.core.JSONSchema.JSONSchema;

/** The JSON Schema (2020-12) of a scenario file, for editors; generated, never written by hand. */
export function scenarioJsonSchema(): JsonSchema {
  return z.toJSONSchema(scenarioSchema, {
    io: 'input',
    override: ({ jsonSchema }) => {
      // A filter takes any tag key: that is a pattern, not any key at all.
      const { additionalProperties } = jsonSchema;
      if (additionalProperties === undefined || typeof additionalProperties === 'boolean') return;
      jsonSchema.patternProperties = { [TAG_KEY.source]: additionalProperties };
      jsonSchema.additionalProperties = false;
    },
  });
}

/** Generated once: a broken file may ask for every one of its keys. */
let generated: JsonSchema | undefined;

/** Keys that a scenario may have at `path`; none where there is no map of fixed keys. */
export function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  generated ??= scenarioJsonSchema();
  let schema: JsonSchema | undefined = generated;
  for (const step of path) {
    schema = asSchema(typeof step === 'number' ? schema?.items : schema?.properties?.[String(step)]);
  }
  return Object.keys(schema?.properties ?? {});
}

function asSchema(value: JsonSchema['items'] | boolean): JsonSchema | undefined {
  return typeof value === 'object' && !Array.isArray(value) ? value : undefined;
}

import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { capacityJsonSchema } from '../../../src/capacity/schema.ts';
import { comparisonJsonSchema } from '../../../src/compare/schema.ts';
import { runJsonSchema } from '../../../src/record/json-schema.ts';
import { knownKeys, scenarioJsonSchema } from '../../../src/scenario/json-schema.ts';
import { suiteJsonSchema } from '../../../src/suite/schema.ts';

async function committed(path: string): Promise<unknown> {
  return JSON.parse(await readFile(new URL(`../../../${path}`, import.meta.url), 'utf8'));
}

describe('committed JSON Schemas', () => {
  it('has scenario.schema.json as `npm run schemas` writes it', async () => {
    expect(await committed('scenarios/scenario.schema.json')).toEqual(scenarioJsonSchema());
  });

  it('has run.schema.json as `npm run schemas` writes it', async () => {
    expect(await committed('reports/run.schema.json')).toEqual(runJsonSchema());
  });

  it('has comparison.schema.json as `npm run schemas` writes it', async () => {
    expect(await committed('reports/comparison.schema.json')).toEqual(comparisonJsonSchema());
    expect(await committed('reports/capacity.schema.json')).toEqual(capacityJsonSchema());
    expect(await committed('reports/suite.schema.json')).toEqual(suiteJsonSchema());
  });
});

describe('scenarioJsonSchema', () => {
  it('describes what is written, so that durations are strings and defaults are optional', () => {
    const schema = scenarioJsonSchema();
    expect(schema.properties?.['drain']).toMatchObject({ type: 'string' });
    expect(schema.required).toEqual(['name', 'description', 'connections', 'workloads', 'phases']);
  });

  it('lets a filter take any single-letter tag and no other key', () => {
    const text = JSON.stringify(scenarioJsonSchema());
    expect(text).toContain('"patternProperties":{"^#[a-zA-Z]$"');
    expect(text).not.toContain('"additionalProperties":{');
  });
});

describe('knownKeys', () => {
  it('lists the keys of a map inside lists', () => {
    expect(knownKeys(['workloads', 'query', 'filters', 0])).toEqual(['name', 'shape', 'weight', 'filter']);
  });

  it('is empty where no map of fixed keys stands', () => {
    expect(knownKeys(['phases', 0, 'duration'])).toEqual([]);
    expect(knownKeys(['nowhere', 'at all'])).toEqual([]);
  });
});

import { recordToJson } from '../record/write.ts';
import type { Format } from './format.ts';

/** The record itself. */
export const jsonFormat: Format = {
  name: 'json',
  fileName: 'run.json',
  render: (record) => recordToJson(record),
};

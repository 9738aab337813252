import { deletionStatements } from './deletion-statements.ts';
import { eventStatements } from './event-statements.ts';
import { extensionStatements } from './extension-statements.ts';
import { filterStatements } from './filter-statements.ts';
import { kindStatements } from './kind-statements.ts';
import type { Statement } from './statement.ts';
import { subscriptionStatements } from './subscription-statements.ts';

/** Everything that is checked of a relay. */
export const statements: readonly Statement[] = [
  ...eventStatements,
  ...kindStatements,
  ...filterStatements,
  ...subscriptionStatements,
  ...deletionStatements,
  ...extensionStatements,
];

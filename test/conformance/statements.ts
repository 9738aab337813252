import { authStatements } from './auth-statements.ts';
import { deletionStatements } from './deletion-statements.ts';
import { eventStatements } from './event-statements.ts';
import { extensionStatements } from './extension-statements.ts';
import { filterStatements } from './filter-statements.ts';
import { kindStatements } from './kind-statements.ts';
import { reconciliationStatements } from './reconciliation-statements.ts';
import { searchStatements } from './search-statements.ts';
import type { Statement } from './statement.ts';
import { subscriptionStatements } from './subscription-statements.ts';
import { vanishStatements } from './vanish-statements.ts';

/** Everything that is checked of a relay that asks for no work; see `workStatements` for those that do. */
export const statements: readonly Statement[] = [
  ...eventStatements,
  ...kindStatements,
  ...filterStatements,
  ...subscriptionStatements,
  ...deletionStatements,
  ...extensionStatements,
  ...authStatements,
  ...searchStatements,
  ...vanishStatements,
  ...reconciliationStatements,
];

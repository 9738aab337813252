import { describe } from 'vitest';
import { MemoryStore } from '../../src/relay/store/memory-store.ts';
import { describeStoreContract, NOW_SECONDS } from '../support/store-contract.ts';

describe('the memory store', () => {
  describeStoreContract({
    empty: async () =>
      new MemoryStore({ limitBytes: Number.POSITIVE_INFINITY, nowSeconds: () => NOW_SECONDS }),
    share: 1,
  });
});

import { describe, expect, it } from 'vitest';
import { allowedCores, parseCoreList } from '../../../src/observe/cores.ts';

describe('parseCoreList', () => {
  it.each([
    ['0', [0]],
    ['0-3', [0, 1, 2, 3]],
    ['1,4-5,9', [1, 4, 5, 9]],
  ])('reads %s', (list, cores) => {
    expect(parseCoreList(list)).toEqual(cores);
  });

  it.each(['', 'all', '1-', '-1', '1;2'])('takes "%s" for no list', (list) => {
    expect(parseCoreList(list)).toBeNull();
  });
});

describe('allowedCores', () => {
  it('are those that the system allows this process', () => {
    const status = 'Name:\tnode\nCpus_allowed:\tf\nCpus_allowed_list:\t1-2\nMems_allowed_list:\t0\n';
    const asked: string[] = [];
    const cores = allowedCores((path) => {
      asked.push(path);
      return status;
    });
    expect([cores, asked]).toEqual([[1, 2], ['/proc/self/status']]);
  });

  it('are not known where the system does not tell', () => {
    const fail = (): string => {
      throw new Error('ENOENT');
    };
    expect([allowedCores(fail), allowedCores(() => 'Name:\tnode\n')]).toEqual([null, null]);
  });
});

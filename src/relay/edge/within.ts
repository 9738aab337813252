import { afterPoll } from '../../base/after-poll.ts';

/** What a promise gives; null where that takes longer. What becomes of it then is heard by nobody else. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => afterPoll(() => resolve(null)), ms).unref();
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

import type { Caller } from '../guard/caller.ts';

/** Whether a caller may still ask. */
export type Recheck = (caller: Caller) => boolean | Promise<boolean>;

/** The same, with what fails or takes longer than `timeoutMs` as no. */
export function rechecking(
  recheck: Recheck,
  timeoutMs: number,
  onFault: (fault: unknown) => void,
): (caller: Caller) => Promise<boolean> {
  return async (caller) => {
    let timeout: NodeJS.Timeout | undefined;
    try {
      const answer = recheck(caller);
      if (typeof answer === 'boolean') return answer;
      const late = new Promise<never>((_, reject) => {
        timeout = setTimeout(() => reject(new Error(`recheck took longer than ${timeoutMs} ms`)), timeoutMs);
      });
      return await Promise.race([answer, late]);
    } catch (error) {
      onFault(error);
      return false;
    } finally {
      clearTimeout(timeout);
    }
  };
}

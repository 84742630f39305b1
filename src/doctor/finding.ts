/**
 * One line of `tine doctor`.
 * - `ok`: as it should be.
 * - `advice`: works, but can be better or fail later.
 * - `problem`: data or availability is at risk now.
 */
export interface Finding {
  readonly level: 'ok' | 'advice' | 'problem';
  /** What was examined, in one or two words. */
  readonly subject: string;
  /** What was found. For advice and problems also what to do. */
  readonly text: string;
}

export const ok = (subject: string, text: string): Finding => ({ level: 'ok', subject, text });
export const advice = (subject: string, text: string): Finding => ({ level: 'advice', subject, text });
export const problem = (subject: string, text: string): Finding => ({ level: 'problem', subject, text });

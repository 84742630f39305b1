import { Coalescer } from './coalescer.ts';

/** The queue of a read without parameters. One small answer serves all requests that wait. */
export function sharedRead<Answer>(read: () => Promise<Answer>): Coalescer<null, Answer> {
  return new Coalescer({
    answer: async (requests) => {
      const answer = await read();
      return requests.map(() => answer);
    },
    hasLargeReply: () => false,
  });
}

import { createHash } from 'node:crypto';

/** The file of a snapshot: its contents, and their SHA-256. */
export async function* withSum(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const sum = createHash('sha256');
  for await (const chunk of chunks) {
    sum.update(chunk);
    yield chunk;
  }
  yield sum.digest();
}
